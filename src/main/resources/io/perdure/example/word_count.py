"""Counts words: text on standard input, JSON on standard output, remarks on standard error."""

import collections
import json
import os
import re
import sys

print("attempt", os.environ.get("PERDURE_ATTEMPT", "1"), "in Python", file=sys.stderr)
text = sys.stdin.buffer.read().decode("utf-8", "replace")
counts = collections.Counter(re.findall(r"[^\W_]+", text.lower()))
most = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:3]
print(
    json.dumps(
        {
            "lines": len(text.splitlines()),
            "words": sum(counts.values()),
            "distinct": len(counts),
            "most": dict(most),
        }
    )
)

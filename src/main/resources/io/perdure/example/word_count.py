"""Counts the words of a text.

An instance loads this file once and calls the handler for each invocation, so what stands out here
is done before the first one and kept for the next ones.
"""

import collections
import re

WORD = re.compile(r"[^\W_]+")


def handler(event, context):
    """The counts, as JSON. A text is no JSON, so its bytes are taken as they came."""
    text = context.payload.decode("utf-8", "replace")
    counts = collections.Counter(WORD.findall(text.lower()))
    most = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:3]
    print("counted", sum(counts.values()), "words in Python")  # into the log of this invocation
    return {
        "lines": len(text.splitlines()),
        "words": sum(counts.values()),
        "distinct": len(counts),
        "most": dict(most),
    }

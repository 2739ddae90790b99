// Counts words: text on standard input, JSON on standard output, remarks on standard error.
import { readFileSync } from "node:fs";

console.error("attempt", process.env.PERDURE_ATTEMPT ?? "1", "in Node.js");
const text = readFileSync(0, "utf8");
const counts = new Map();
for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}
const most = [...counts]
  .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  .slice(0, 3);
console.log(
  JSON.stringify({
    lines: text === "" ? 0 : text.replace(/\n$/, "").split("\n").length,
    words: [...counts.values()].reduce((sum, count) => sum + count, 0),
    distinct: counts.size,
    most: Object.fromEntries(most),
  }),
);

// Counts the words of a text. An instance loads this file once and calls the handler for each
// invocation, so what stands out here is done before the first one and kept for the next ones.
"use strict";

const WORD = /[\p{L}\p{N}]+/gu;

// The counts, as JSON. A text is no JSON, so its bytes are taken as they came.
exports.handler = async (event, context) => {
  const text = context.payload.toString("utf8");
  const counts = new Map();
  for (const [word] of text.toLowerCase().matchAll(WORD)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const words = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const most = [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, 3);
  console.log("counted", words, "words in Node.js"); // into the log of this invocation
  return {
    lines: text === "" ? 0 : text.replace(/\n$/, "").split("\n").length,
    words,
    distinct: counts.size,
    most: Object.fromEntries(most),
  };
};

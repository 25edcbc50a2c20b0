// A diff in unified form as values: the lines of its hunks, each with where it stands, and the files of a whole one. Pure.

/**
 * One line: `part` says where what follows begins, `note` is a word of the program that made the diff. `at` is the line's
 * number: in the new file, of a removed one in the old.
 * @typedef {{ sort: "added" | "removed" | "same" | "part" | "note", text: string, at: number | null }} DiffLine
 * @typedef {{ path: string, from: string | null, how: "changed" | "new" | "deleted" | "renamed", isBinary: boolean, added: number, removed: number, text: string }} FileDiff
 */

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;

/** @param {string} text hunks, without the lines that name the file @returns {DiffLine[]} */
export function linesOf(text) {
  /** @type {DiffLine[]} */
  const lines = [];
  let [old, now] = [1, 1];
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const hunk = HUNK.exec(line);
    if (hunk) {
      [old, now] = [Number(hunk[1]), Number(hunk[3])];
      lines.push({ sort: "part", text: hunk[5], at: hunk[4] === "0" ? old : now });
    } else if (line.startsWith("+")) lines.push({ sort: "added", text: line.slice(1), at: now++ });
    else if (line.startsWith("-")) lines.push({ sort: "removed", text: line.slice(1), at: old++ });
    else if (line.startsWith("\\")) lines.push({ sort: "note", text: "The last line has no end", at: null });
    else {
      lines.push({ sort: "same", text: line.slice(1), at: now++ });
      old++;
    }
  }
  return lines;
}

/** Whether a text is a diff, as far as one can see. @param {string} text */
export const isDiff = (text) => text.split("\n").some((line) => HUNK.test(line));

/** How many lines came and went. @param {DiffLine[]} lines */
export function countsOf(lines) {
  const n = (/** @type {string} */ sort) => lines.filter((line) => line.sort === sort).length;
  return { added: n("added"), removed: n("removed") };
}

/** The files of a diff as git writes it. @param {string} text @returns {FileDiff[]} */
export function filesOf(text) {
  return text.split(/^(?=diff --git )/m).filter((part) => part.startsWith("diff --git ")).map(fileOf);
}

/** @param {string} part @returns {FileDiff} */
function fileOf(part) {
  const start = part.search(/^@@ /m);
  const head = (start < 0 ? part : part.slice(0, start)).trimEnd().split("\n");
  const hunks = start < 0 ? "" : part.slice(start);
  const after = (/** @type {string} */ words) => head.find((line) => line.startsWith(words))?.slice(words.length);
  const from = pathOf(after("rename from ")) ?? pathOf(after("--- "), "a/");
  const to = pathOf(after("rename to ")) ?? pathOf(after("+++ "), "b/");
  const how = after("new file mode") !== undefined ? "new" : after("deleted file mode") !== undefined ? "deleted" : after("rename to ") !== undefined ? "renamed" : "changed";
  return {
    path: to ?? from ?? named(head[0]), from: how === "renamed" ? from : null, how,
    isBinary: after("Binary files ") !== undefined || after("GIT binary patch") !== undefined,
    ...countsOf(linesOf(hunks)), text: hunks,
  };
}

/** A path as git writes it: in quotation marks where it has letters of its own. @param {string | undefined} text @param {string} before */
function pathOf(text, before = "") {
  if (text === undefined) return null;
  const path = unquoted(text.replace(/\t$/, ""));
  if (path === "/dev/null") return null;
  return path.startsWith(before) ? path.slice(before.length) : path;
}

/** What the first line names; both its names are the same where nothing else names the file. @param {string} line */
function named(line) {
  const both = line.slice("diff --git ".length);
  const half = unquoted(both.slice((both.length + 1) / 2));
  return half.replace(/^b\//, "");
}

/** @type {Record<string, number>} */
const ESCAPES = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11 };

/** @param {string} text */
function unquoted(text) {
  if (!text.startsWith('"') || !text.endsWith('"')) return text;
  /** @type {number[]} */
  const bytes = [];
  const parts = text.slice(1, -1).match(/\\[0-7]{3}|\\.|[^\\]+/gs) ?? [];
  for (const part of parts) {
    if (/^\\[0-7]{3}$/.test(part)) bytes.push(parseInt(part.slice(1), 8));
    else if (part.startsWith("\\")) bytes.push(ESCAPES[part[1]] ?? part.charCodeAt(1));
    else bytes.push(...new TextEncoder().encode(part));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

// What a diff says, line by line and file by file.

import assert from "node:assert/strict";
import { test } from "node:test";
import { countsOf, filesOf, isDiff, linesOf } from "../../static/diff.js";

const HUNKS = `@@ -3,4 +3,5 @@ export function total() {
 const a = 1;
-const b = 2;
+const b = 3;
+const c = 4;
 return a;
@@ -20 +21,0 @@
---gone
\\ No newline at end of file
`;

test("each line has its sort and its number: in the new file, of a removed one in the old", () => {
  assert.deepEqual(linesOf(HUNKS).map(({ sort, at, text }) => [sort, at, text]), [
    ["part", 3, "export function total() {"], ["same", 3, "const a = 1;"], ["removed", 4, "const b = 2;"], ["added", 4, "const b = 3;"],
    ["added", 5, "const c = 4;"], ["same", 6, "return a;"], ["part", 20, ""], ["removed", 20, "--gone"], ["note", null, "The last line has no end"],
  ]);
  assert.deepEqual(countsOf(linesOf(HUNKS)), { added: 2, removed: 2 });
});

test("what an agent asks about is a diff or is not", () => {
  assert.equal(isDiff(HUNKS), true);
  assert.equal(isDiff("npm test\n@@ here"), false);
});

test("a whole diff is its files, with what became of each", () => {
  const files = filesOf(`diff --git a/src/cart.js b/src/cart.js
index 1..2 100644
--- a/src/cart.js
+++ b/src/cart.js
${HUNKS}diff --git a/new file.md b/new file.md
new file mode 100644
--- /dev/null
+++ b/new file.md\t
@@ -0,0 +1 @@
+diff --git a/x b/x
diff --git a/old.js b/old.js
deleted file mode 100644
--- a/old.js
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/a.js b/b.js
similarity index 100%
rename from a.js
rename to b.js
diff --git a/logo.png b/logo.png
index 1..2 100644
Binary files a/logo.png and b/logo.png differ
diff --git "a/caf\\303\\251.txt" "b/caf\\303\\251.txt"
new file mode 100644
--- /dev/null
+++ "b/caf\\303\\251.txt"
@@ -0,0 +1 @@
+1
diff --git a/empty.txt b/empty.txt
new file mode 100644
index 0000000..e69de29
`);
  assert.deepEqual(files.map(({ path, how, from, added, removed, isBinary }) => [path, how, from, added, removed, isBinary]), [
    ["src/cart.js", "changed", null, 2, 2, false], ["new file.md", "new", null, 1, 0, false], ["old.js", "deleted", null, 0, 1, false],
    ["b.js", "renamed", "a.js", 0, 0, false], ["logo.png", "changed", null, 0, 0, true], ["café.txt", "new", null, 1, 0, false], ["empty.txt", "new", null, 0, 0, false],
  ]);
  assert.deepEqual(filesOf(""), []);
});

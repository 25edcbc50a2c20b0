// What the address bar says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRoute, projectHash, stepHash } from "../../static/route.js";

test("an address names a project, or a step of it", () => {
  assert.deepEqual(parseRoute(projectHash("a b/c")), { projectId: "a b/c", seq: null, page: null });
  assert.deepEqual(parseRoute(stepHash("0192-f0", 42)), { projectId: "0192-f0", seq: 42, page: null });
});

test("what is not a step is left out, and the project opens all the same", () => {
  for (const rest of ["/a/", "/a/x", "/a/4x", "/a/-1", "/a/4.5", "/b/4", "/a/99999999999999999999"]) {
    assert.deepEqual(parseRoute(`#/p/one${rest}`), { projectId: "one", seq: null, page: null }, rest);
  }
});

test("an address that names nothing, or is broken, does no harm", () => {
  for (const hash of ["", "#", "#/p/", "#/elsewhere"]) assert.equal(parseRoute(hash).projectId, null);
  assert.equal(parseRoute("#/p/%E0%A4").projectId, "%E0%A4");
});

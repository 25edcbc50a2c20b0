// Requests: what comes too soon is asked anew, and who is not let in is led to where one signs in.

import assert from "node:assert/strict";
import { test } from "node:test";

/** @type {string[]} */
const visited = [];
Object.assign(globalThis, { location: { pathname: "/", search: "", hash: "#/p/1", assign: (/** @type {string} */ to) => visited.push(to) } });
const { api } = await import("../../static/api.js");

/** Has the server answer in this order. @param {Response[]} answers */
function serve(...answers) {
  /** @type {any[]} */
  const asked = [];
  globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ path, /** @type {any} */ { method }) => {
    asked.push([method, path]);
    return answers.shift();
  });
  return asked;
}
const answer = (/** @type {number} */ status, /** @type {any} */ body, /** @type {Record<string, string>} */ headers = {}) =>
  new Response(JSON.stringify(body), { status, headers });

test("what came too soon is asked once more after the time the server says", async () => {
  const asked = serve(answer(429, { detail: "Wait." }, { "Retry-After": "1" }), answer(200, []));
  assert.deepEqual(await api.projects(), []);
  assert.deepEqual(asked, [["GET", "/api/projects"], ["GET", "/api/projects"]]);
});

test("what would have to wait long is told instead", async () => {
  serve(answer(429, { detail: "Wait a minute." }, { "Retry-After": "60" }));
  await assert.rejects(api.projects(), { status: 429, message: "Wait a minute." });
});

test("who is not let in is led to where one signs in, once, and back", async () => {
  serve(answer(401, { detail: "Who are you?" }), answer(401, { detail: "Who are you?" }));
  await assert.rejects(api.projects(), { status: 401 });
  await assert.rejects(api.setup(), { status: 401 });
  assert.deepEqual(visited, ["/login?next=%2F%23%2Fp%2F1"]);
});

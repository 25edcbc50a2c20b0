// The chat's client: nothing lost, nothing twice, nothing overtaken.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openChat } from "../../static/chat.js";
import { clockwork, socketClass } from "./clockwork.js";

function setUp(/** @type {any[]} */ outbox = []) {
  const timers = clockwork();
  const Socket = socketClass();
  /** @type {Record<string, any[]>} */
  const seen = { links: [], frames: [], refused: [], ended: [] };
  const chat = openChat({
    projectId: "p", origin: "ws://host", Socket, timers, random: () => 1, outbox: () => outbox,
    on: {
      link: (link) => seen.links.push(link),
      frame(type, data) {
        seen.frames.push(type);
        const at = outbox.findIndex((item) => item.client_id === data.client_id);
        if (type === "chat" && at >= 0) outbox.splice(at, 1);
      },
      ended: () => seen.ended.push(true),
      refused(clientId, problem) {
        seen.refused.push([clientId, problem]);
        Object.assign(outbox.find((item) => item.client_id === clientId), { problem });
      },
    },
  });
  return { timers, Socket, seen, chat, outbox };
}
const item = (/** @type {number} */ n) => ({ client_id: `c${n}`, content: `text ${n}`, at: "" });
const ids = (/** @type {any} */ socket) => socket.sent.map((/** @type {any} */ m) => m.client_id);

test("what waited while there was no connection goes out once there is one", () => {
  const { Socket } = setUp([item(1)]);
  assert.equal(Socket.last.url, "ws://host/api/ws/chat/p");
  Socket.last.open();
  assert.deepEqual(Socket.last.sent, [{ content: "text 1", client_id: "c1" }]);
});

test("a window that is closed because nobody is let in any more says so, and any other does not", () => {
  const { Socket, seen } = setUp();
  Socket.last.open();
  Socket.last.die();
  assert.deepEqual(seen.ended, []);
  const again = setUp();
  again.Socket.last.open();
  again.Socket.last.onclose({ code: 4401 });
  assert.deepEqual(again.seen.ended, [true]);
});

test("what may not be said is not said again", () => {
  const { Socket, seen, timers } = setUp([item(1)]);
  Socket.last.open();
  Socket.last.frame("error", { code: "FORBIDDEN", message: "You may only look." });
  timers.pass(60_000);
  assert.deepEqual(seen.refused, [["c1", "You may only look."]]);
  assert.deepEqual(ids(Socket.last), ["c1"]);
});

test("messages go one at a time, the next when the last is confirmed", () => {
  const { Socket } = setUp([item(1), item(2)]);
  Socket.last.open();
  assert.deepEqual(ids(Socket.last), ["c1"]);
  Socket.last.frame("chat", { id: "m", role: "assistant", content: "something else" });
  assert.deepEqual(ids(Socket.last), ["c1"]);
  Socket.last.frame("chat", { id: "m1", client_id: "c1" });
  assert.deepEqual(ids(Socket.last), ["c1", "c2"]);
});

test("an unconfirmed message is sent again with the same id after a reconnect, a confirmed one is not", () => {
  const { Socket, timers } = setUp([item(1), item(2)]);
  Socket.last.open();
  Socket.last.frame("chat", { id: "m1", client_id: "c1" });
  Socket.last.die();
  timers.pass(500);
  Socket.last.open();
  assert.equal(Socket.opened.length, 2);
  assert.deepEqual(ids(Socket.last), ["c2"]);
});

test("no confirmation for long means the connection is dead, whatever it looks like", () => {
  const { Socket, timers } = setUp([item(1)]);
  Socket.last.open();
  timers.pass(10_500);
  assert.equal(Socket.opened.length, 2);
  Socket.last.open();
  assert.deepEqual(ids(Socket.last), ["c1"]);
});

test("a message the server will never take is handed back, and the next one goes", () => {
  const { Socket, seen } = setUp([item(1), item(2)]);
  Socket.last.open();
  Socket.last.frame("error", { code: "MESSAGE_TOO_LONG", message: "It is too long." });
  assert.deepEqual(seen.refused, [["c1", "It is too long."]]);
  assert.deepEqual(ids(Socket.last), ["c1", "c2"]);
});

test("a message the server could not store just now is tried again and stays waiting", () => {
  const { Socket, seen, timers, outbox } = setUp([item(1)]);
  Socket.last.open();
  Socket.last.frame("error", { code: "DATABASE_ERROR", message: "The database is away." });
  assert.deepEqual(seen.refused, []);
  assert.equal(outbox.length, 1);
  timers.pass(3_000);
  assert.deepEqual(ids(Socket.last), ["c1", "c1"]);
});

test("it reconnects for ever", () => {
  const { Socket, timers, seen } = setUp();
  for (let i = 0; i < 20; i++) {
    Socket.last.die();
    timers.pass(seen.links.at(-1).retryAt - timers.now());
    assert.equal(Socket.opened.length, i + 2);
  }
});

test("frames of types it does not know are passed on and harm nothing", () => {
  const { Socket, seen } = setUp();
  Socket.last.open();
  Socket.last.frame("weather", { sun: true });
  Socket.last.onmessage({ data: "not json" });
  assert.deepEqual(seen.frames, ["weather"]);
});

test("a closed chat leaves no timer and no connection behind", () => {
  const { Socket, timers, chat } = setUp([item(1)]);
  Socket.last.open();
  chat.close();
  assert.equal(timers.pending(), 0);
  assert.equal(Socket.last.readyState, 3);
});

// A server that behaves like SCAR as far as a page can tell: it switches repositories, and says about a command what the
// test tells it to.

import { createServer } from "node:http";

export class Scar {
  /** What it said in each conversation, as it is sent: it sends all of it each time. @type {Map<string, string[]>} */
  #lists = new Map();
  /** @type {Set<string>} */
  #active = new Set();
  #server = createServer((request, response) => this.#answer(request, response));
  /** Every message that was posted. @type {string[]} */
  posts = [];
  port = 0;

  async start() {
    await new Promise((done) => this.#server.listen(this.port, "127.0.0.1", () => done(undefined)));
    this.port = /** @type {import("node:net").AddressInfo} */ (this.#server.address()).port;
    return this;
  }

  get url() { return `http://127.0.0.1:${this.port}`; }

  /** Dies with all it knows. */
  async kill() {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(() => done(undefined)));
    this.#lists.clear();
    this.#active.clear();
  }

  /** Says something in every conversation it works on. @param {string} message */
  say(message) {
    for (const id of this.#active) this.#say(id, message);
  }

  /** Whether a command was given to it that has not ended. */
  get isWorking() { return this.#active.size > 0; }

  /** Is done with what it works on. */
  end() { this.#active.clear(); }

  /** @param {string} id @param {string} message */
  #say(id, message) {
    const list = this.#lists.get(id) ?? [];
    list.push(JSON.stringify({ message, timestamp: new Date().toISOString(), direction: "sent" }));
    this.#lists.set(id, list);
  }

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  async #answer(request, response) {
    let body = "";
    for await (const piece of request) body += piece;
    const send = (/** @type {string} */ json) => {
      response.setHeader("Content-Type", "application/json; charset=utf-8");
      response.end(json);
    };
    const answer = (/** @type {any} */ value) => send(JSON.stringify(value));
    const path = request.url ?? "";
    if (path === "/test/message") {
      const { conversationId, message } = JSON.parse(body);
      this.posts.push(message);
      if (message.startsWith("/repo ")) this.#say(conversationId, `Switched to: ${message.slice(6)}\n✓ Loaded 18 commands\n\nReady to work!`);
      else this.#active.add(conversationId);
      return answer({ success: true, conversationId, message });
    }
    if (path === "/health/concurrency") return answer({ status: "ok", queuedByConversation: [], activeConversationIds: [...this.#active] });
    if (path.startsWith("/test/messages/")) {
      const conversationId = decodeURIComponent(path.slice("/test/messages/".length));
      return send(`{"conversationId":${JSON.stringify(conversationId)},"messages":[${this.#lists.get(conversationId) ?? []}]}`);
    }
    return answer({ status: "ok" });
  }
}

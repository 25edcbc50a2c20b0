// A service of a language model, as slow as the test wants: it speaks Anthropic's Messages, and says what it is told to.

import { createServer } from "node:http";

export class Llm {
  /** @type {import("node:http").ServerResponse | null} */
  #answer = null;
  #server = createServer((request, response) => this.#take(request, response));
  /** Requests so far. */
  requests = 0;
  port = 0;

  async start() {
    await new Promise((done) => this.#server.listen(0, "127.0.0.1", () => done(undefined)));
    this.port = /** @type {import("node:net").AddressInfo} */ (this.#server.address()).port;
    return this;
  }

  get settings() {
    return { PM__LLM__ENDPOINT: `http://127.0.0.1:${this.port}/v1`, PM__LLM__MODEL: "claude-test" };
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(() => done(undefined)));
  }

  /** @param {string} text */
  say(text) {
    this.#event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } });
  }

  end() {
    this.#event({ type: "content_block_stop", index: 0 });
    this.#event({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 15 } });
    this.#event({ type: "message_stop" });
    this.#answer?.end();
    this.#answer = null;
  }

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  #take(request, response) {
    request.resume().on("end", () => {
      this.requests++;
      this.#answer = response.writeHead(200, { "Content-Type": "text/event-stream" });
      this.#event({ type: "message_start", message: { id: "msg_1", role: "assistant", content: [], usage: { input_tokens: 25, output_tokens: 1 } } });
      this.#event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } });
    });
  }

  /** @param {any} event */
  #event(event) {
    this.#answer?.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
}

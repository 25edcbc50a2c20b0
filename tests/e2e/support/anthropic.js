// A service of a language model that speaks Anthropic's Messages as far as Claude Code can tell: each request is answered
// with the next step of a script. It needs no key, and nothing leaves this machine.

import { createServer } from "node:http";

/** What the model does next: it says something, or uses a tool, or both. @typedef {{ text?: string, tool?: string, input?: any }} Step */

export class Anthropic {
  /** @type {Step[]} */
  #script = [];
  #server = createServer((request, response) => void this.#take(request, response));
  /** What was asked with tools at hand, which is the work itself. @type {any[]} */
  requests = [];
  url = "";

  async start() {
    await new Promise((done) => this.#server.listen(0, "127.0.0.1", () => done(undefined)));
    this.url = `http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (this.#server.address()).port}`;
    return this;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(() => done(undefined)));
  }

  /** What it does from now on, a step a request. @param {Step[]} steps */
  does(...steps) { this.#script = steps; }

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  async #take(request, response) {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    const path = request.url ?? "";
    if (!path.startsWith("/v1/messages")) return answer(response, 404, {});
    if (path.includes("count_tokens")) return answer(response, 200, { input_tokens: 10 });
    const asked = JSON.parse(body);
    const isWork = asked.tools?.length > 0 && !isAside(asked);
    if (isWork) this.requests.push(asked);
    const step = isWork ? this.#script.shift() ?? { text: "Done." } : { text: "A title" };
    const content = blocksOf(step, this.requests.length);
    const stop_reason = step.tool ? "tool_use" : "end_turn";
    const message = { id: `msg_${this.requests.length}`, type: "message", role: "assistant", model: asked.model, content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 20, output_tokens: 1 } };
    if (!asked.stream) return answer(response, 200, { ...message, content, stop_reason });
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const event of eventsOf(message, content, stop_reason)) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.end();
  }
}

/** Besides its work it asks for a title, without tools, and when all is done what a person might type next. @param {any} asked */
const isAside = ({ messages }) => JSON.stringify(messages.at(-1)).includes("[SUGGESTION MODE");

/** @param {import("node:http").ServerResponse} response @param {number} status @param {any} value */
function answer(response, status, value) {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}

/** @param {Step} step @param {number} n makes the use of a tool one of its own */
const blocksOf = ({ text, tool, input }, n) => [
  ...(text ? [{ type: "text", text }] : []),
  ...(tool ? [{ type: "tool_use", id: `toolu_${n}`, name: tool, input }] : []),
];

/** An answer in pieces. @param {any} message @param {any[]} content @param {string} stop_reason @returns {{ type: string, [more: string]: any }[]} */
const eventsOf = (message, content, stop_reason) => [
  { type: "message_start", message },
  ...content.flatMap((block, index) => [
    { type: "content_block_start", index, content_block: block.type === "text" ? { ...block, text: "" } : { ...block, input: {} } },
    ...piecesOf(block).map((/** @type {any} */ delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ]),
  { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 15 } },
  { type: "message_stop" },
];

/** @param {any} block */
const piecesOf = (block) => block.type === "text"
  ? (block.text.match(/.{1,12}/gs) ?? []).map((/** @type {string} */ text) => ({ type: "text_delta", text }))
  : [{ type: "input_json_delta", partial_json: JSON.stringify(block.input) }];

// One project's chat connection. A message leaves the outbox only when the server's `chat` frame with the same
// `client_id` says it is stored; until then it is sent again after every reconnect, one at a time and in order, so
// that nothing is lost, doubled or overtaken. No DOM and no state of the page in here.

import { OPEN_TIMEOUT_MS, createRetry, realTimers } from "./retry.js";

/** A message unanswered for this long means the connection is dead though it looks open. */
const ACK_TIMEOUT_MS = 10_000;
/** The server said it could not store the message just now; it is asked again after this. */
const AGAIN_MS = 3_000;
/** Errors that belong to the message itself: sending it again would not help. */
const FINAL = new Set(["EMPTY_MESSAGE", "MESSAGE_TOO_LONG", "INVALID_JSON", "QUEUE_FULL", "FORBIDDEN"]);
/** With what the server closes the window of somebody it does not let in any more. */
const NOT_LET_IN = 4401;

/**
 * @param {{ projectId: string, outbox: () => import("./state.js").OutboxItem[],
 *   on: { link: (link: any) => void, frame: (type: string, data: any) => void, refused: (clientId: string, message: string) => void, ended: () => void },
 *   Socket?: any, origin?: string, timers?: import("./retry.js").Timers, random?: () => number }} options
 */
export function openChat({ projectId, outbox, on, Socket = globalThis.WebSocket, origin = wsOrigin(), timers = realTimers, random }) {
  /** @type {WebSocket | null} */
  let socket = null;
  /** @type {string | null} */
  let inFlight = null;
  /** @type {any} */
  let timer = null;
  let isReady = false;
  let isClosed = false;
  /** @type {number | null} */
  let lastEventAt = null;
  const retry = createRetry({ attempt: connect, random, timers });

  function connect() {
    drop();
    tell("connecting");
    const opened = new Socket(`${origin}/api/ws/chat/${encodeURIComponent(projectId)}`);
    socket = opened;
    opened.onopen = ready;
    opened.onmessage = (/** @type {MessageEvent} */ event) => receive(event.data);
    opened.onclose = (/** @type {CloseEvent | undefined} */ event) => {
      if (socket !== opened) return;
      lose();
      if (event?.code === NOT_LET_IN) on.ended();
    };
    wait(OPEN_TIMEOUT_MS, lose);
  }

  function ready() {
    isReady = true;
    stopWaiting();
    tell("live");
    sendNext();
  }

  /** Sends the oldest unacknowledged message, if none is on its way. */
  function sendNext() {
    if (!isReady || inFlight !== null) return;
    const item = outbox().find((one) => !one.problem);
    if (!item) return;
    inFlight = item.client_id;
    socket?.send(JSON.stringify({ content: item.content, client_id: item.client_id, queue: item.queue }));
    wait(ACK_TIMEOUT_MS, lose);
  }

  /** @param {string} text */
  function receive(text) {
    const frame = parse(text);
    if (!frame) return;
    lastEventAt = timers.now();
    retry.succeeded();
    if (frame.type !== "error" || inFlight === null) on.frame(frame.type, frame.data ?? {});
    if (["chat", "message_changed"].includes(frame.type) && inFlight !== null && frame.data?.client_id === inFlight) settle();
    if (frame.type === "error" && inFlight !== null) fail(frame.data ?? {});
  }

  function settle() {
    inFlight = null;
    stopWaiting();
    sendNext();
  }

  /** @param {{ code?: string, message?: string, client_id?: string }} error */
  function fail(error) {
    const clientId = inFlight;
    if (clientId === null || (error.client_id && error.client_id !== clientId)) return;
    if (FINAL.has(error.code ?? "")) {
      on.refused(clientId, error.message ?? "The server did not take this message.");
      return settle();
    }
    inFlight = null;
    on.frame("error", error);
    wait(AGAIN_MS, sendNext);
  }

  /** @param {number} ms @param {() => void} what */
  function wait(ms, what) {
    stopWaiting();
    timer = timers.set(() => { timer = null; what(); }, ms);
  }

  function stopWaiting() {
    if (timer !== null) timers.clear(timer);
    timer = null;
  }

  function lose() {
    drop();
    const retryAt = retry.plan();
    tell("waiting", { retryAt });
  }

  function drop() {
    stopWaiting();
    const old = socket;
    socket = null;
    isReady = false;
    inFlight = null;
    if (old) {
      old.onopen = old.onerror = old.onmessage = old.onclose = null;
      // Closing a socket that is still connecting makes the browser report an error; it is closed once it opens.
      if (old.readyState === 0) old.onopen = () => old.close();
      else old.close();
    }
  }

  /** @param {"connecting" | "live" | "waiting"} phase @param {any} [more] */
  function tell(phase, more = {}) {
    if (!isClosed) on.link({ phase, since: timers.now(), failures: retry.failures, lastEventAt, ...more });
  }

  connect();
  return {
    /** Something new is in the outbox. */
    sendNext,
    /** @param {any} action */
    act(action) {
      if (!isReady) return false;
      socket?.send(JSON.stringify(action));
      return true;
    },
    /** Connects at once if it is not connected. */
    wake() {
      if (isClosed || isReady || socket?.readyState === 0) return;
      retry.cancel();
      connect();
    },
    /** The event stream found the server gone or changed: this socket cannot be trusted either. */
    renew() {
      if (isClosed) return;
      retry.cancel();
      connect();
    },
    close() {
      isClosed = true;
      retry.cancel();
      drop();
    },
  };
}

function wsOrigin() {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}`;
}

/** @param {string} text */
function parse(text) {
  try {
    const frame = JSON.parse(text);
    return frame && typeof frame.type === "string" ? frame : null;
  } catch {
    return null;
  }
}

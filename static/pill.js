// How the connection stands, in the words of the pill.

import { ago } from "./format.js";
import { POLL_MS } from "./poll.js";
import { OFFLINE_AFTER_ATTEMPTS } from "./retry.js";

/** A connection that is open and says nothing: what is on the screen may be old, though nothing has broken. */
const STALE = new Set(["silent", "no answer"]);

/**
 * @param {import("./state.js").Link} link
 * @param {number} at
 * @param {boolean} [isOnline] what the browser knows of its own network
 * @returns {{ tone: "live" | "busy" | "offline", text: string, next?: string }}
 */
export function pillWords(link, at, isOnline = true) {
  if (link.phase === "live") return { tone: "live", text: "Live" };
  if (link.phase === "connecting" && link.failures === 0) return { tone: "busy", text: "Connecting…" };
  const isTrying = link.phase === "connecting";
  const seconds = Math.max(0, Math.ceil(((link.retryAt ?? at) - at) / 1000));
  const next = isTrying || seconds === 0 ? "now…" : `in ${seconds} s`;
  if (!isOnline || link.failures >= OFFLINE_AFTER_ATTEMPTS) {
    return { tone: "offline", text: "Offline", next: isTrying ? "trying now…" : `next try ${next}` };
  }
  if (STALE.has(link.reason ?? "")) return { tone: "busy", text: "Stale", next: `reconnecting ${next}` };
  return { tone: "busy", text: `Reconnecting ${next}` };
}

/**
 * How the steps come to this tab, in a sentence.
 * @param {import("./state.js").Link} link
 */
export function wayWords({ via }) {
  switch (via) {
    case "tab": return "Another tab of this project has the connection and shares it with this one.";
    case "poll": return `This tab asks every ${POLL_MS / 1000} seconds: a browser allows few open connections, and other projects you look at have them.`;
    case "alone": return "On this address the browser does not let tabs share a connection. With more than five tabs open, some may have to wait.";
    default: return "Steps arrive the moment they happen.";
  }
}

/** When something was last heard, for beside what is not live. @param {import("./state.js").Link} link @param {number} at */
export function lastWords({ lastEventAt }, at) {
  return lastEventAt ? `last event ${ago(lastEventAt, at)}` : "no event yet";
}

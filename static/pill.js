// How the connection stands, in the words of the pill.

import { OFFLINE_AFTER_ATTEMPTS } from "./retry.js";

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
  return { tone: "busy", text: `Reconnecting ${next}` };
}

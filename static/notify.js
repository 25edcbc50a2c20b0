// Tells a person who looks elsewhere that a command has ended, or that it is their turn to answer or to approve: in the window's title, and by a
// notification of the browser if they said that they want that. They are asked in the page, the first time it would have
// been of use, and never by the browser out of nothing.

import { moreUrgent, newsOf } from "./attention.js";
import { signal } from "./lib.js";
import { projectHash } from "./route.js";
import { recall, remember } from "./storage.js";

/** What nobody has seen in this tab yet. */
export const unseen = signal(/** @type {{ news: import("./attention.js").News | null, count: number }} */ ({ news: null, count: 0 }));
/** What a notification would have told, while it is open whether there should be one the next time. */
export const offer = signal(/** @type {string | null} */ (null));
/** How it stands with notifications in this browser. */
export const notifying = signal(stand());

/** @returns {"on" | "off" | "unasked" | "blocked" | "impossible"} */
function stand() {
  // Android shows them only through a service worker, and no browser does on plain HTTP from another machine.
  if (!("Notification" in globalThis) || !globalThis.isSecureContext || /Android/i.test(navigator.userAgent)) return "impossible";
  if (Notification.permission === "denied") return "blocked";
  const choice = recall("notify", /** @type {boolean | null} */ (null));
  if (choice === false) return "off";
  return Notification.permission === "granted" && choice ? "on" : "unasked";
}

/**
 * New steps have come.
 * @param {{ project: { id: string, name: string }, activities: import("./state.js").Activity[], isBusy: boolean, gate?: import("./workflow.js").Gate, isLeading: boolean, isSeen: () => Promise<boolean> }} what
 *   `gate` is what waits for an approval; `isLeading`: of many tabs one tells
 */
export async function heed({ project, activities, isBusy, gate, isLeading, isSeen }) {
  const news = newsOf(activities, isBusy, gate);
  if (news === null || !document.hidden || moreUrgent(unseen.value.news, news) !== news) return;
  unseen.value = { news, count: unseen.value.count + 1 };
  if (await isSeen()) return;
  if (notifying.value === "unasked") offer.value = offerWords(news);
  else if (notifying.value === "on" && isLeading) show(project, news);
}

/** @param {import("./attention.js").News} news */
function offerWords({ outcome, title }) {
  if (outcome === "turn") return "The project manager answered while you looked elsewhere.";
  if (outcome === "gate") return "Something began to wait for your approval while you looked elsewhere.";
  return `${title}, while you looked elsewhere.`;
}

/** @param {{ id: string, name: string }} project @param {import("./attention.js").News} news */
function show({ id, name }, { title, text }) {
  // One for each project: the newer one takes the place of the older.
  const shown = new Notification(title, { body: [name, text].filter(Boolean).join("\n"), tag: `pm.${id}`, icon: "/favicon.svg" });
  shown.onclick = () => {
    focus();
    location.hash = projectHash(id);
    shown.close();
  };
}

/** A person said yes: now the browser may ask. */
export async function wantNotifications() {
  offer.value = null;
  remember("notify", true);
  await Notification.requestPermission();
  notifying.value = stand();
}

export function refuseNotifications() {
  offer.value = null;
  remember("notify", false);
  notifying.value = stand();
}

/** Looks no more as if something were new. */
function seen() {
  if (!document.hidden && unseen.value.count > 0) unseen.value = { news: null, count: 0 };
}

document.addEventListener("visibilitychange", seen);
// Answered in another tab, it is answered in this one.
addEventListener("storage", (event) => {
  if (event.key !== "pm.notify") return;
  notifying.value = stand();
  offer.value = null;
});

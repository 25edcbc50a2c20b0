// Who this browser is to the server: nobody in particular, or somebody who signed in. When the server does not let it in any
// more, the way leads to the page on which one signs in, and back; what is being written is kept by then (drafts.js).

import { signal } from "./lib.js";

/** What the server says of who asks. @type {import("./vendor/signals-core.js").Signal | any} */
export const session = signal(/** @type {{ asked: boolean, name: string, scope: string } | null} */ (null));

/** What somebody who said something is called here. @param {{ by?: string | null } | undefined} said */
export const speakerOf = (said) => said?.by && said.by !== session.value?.name ? said.by : "You";

let isLeaving = false;

// A page the browser has kept whole, and comes back to: whether it may still show what it shows, the server says.
globalThis.addEventListener?.("pageshow", (event) => { if (event.persisted && isLeaving) location.reload(); });

/** @type {Set<() => void>} */
const leaving = new Set();

/**
 * Has something done when a sign-in has ended, before the way leads to where one signs in anew: what is written elsewhere than in the message box is kept in it.
 * @param {() => void} keep @returns {() => void} has it not done any more
 */
export function beforeLogin(keep) {
  leaving.add(keep);
  return () => { leaving.delete(keep); };
}

/** Leads to where one signs in; there it is said if somebody was signed in until now. */
export function goToLogin() {
  // Whoever finds out first; the others would only start over.
  if (isLeaving) return;
  isLeaving = true;
  const next = location.pathname + location.search + location.hash;
  const hasEnded = session.value?.asked === true;
  // Who signed out by themselves leaves nothing behind.
  if (hasEnded) for (const keep of leaving) keep();
  location.assign(`/login?${new URLSearchParams({ next, ...(hasEnded ? { ended: "" } : {}) })}`);
}

// A time as people say it, exact on hover. It redraws itself as it ages, and nothing around it.

import { html } from "../lib.js";
import { clockTime, exactTime, shortAge } from "../format.js";
import { nowSlow } from "../store.js";

/** @param {{ iso: string }} props */
export function Age({ iso }) {
  return html`<time class="age" datetime=${iso} title=${exactTime(iso)}>${shortAge(iso, Math.max(nowSlow.value, Date.now()))}</time>`;
}

/** @param {{ iso: string }} props */
export function Clock({ iso }) {
  return html`<time class="age" datetime=${iso} title=${exactTime(iso)}>${clockTime(iso, Math.max(nowSlow.value, Date.now()))}</time>`;
}

// "12 new ↓": how much came while the reader was elsewhere, and the way there.

import { html } from "../lib.js";
import { count } from "../format.js";
import { Icon } from "./icon.js";

/** @param {{ count: number, what: string, onClick: () => void }} props */
export function NewBelow({ count: n, what, onClick }) {
  if (n <= 0) return null;
  return html`<button type="button" class="new-below" onClick=${onClick} aria-label=${`${count(n, `new ${what}`)}, go to the end`}>
    ${n.toLocaleString("en")} new<${Icon} name="down" /></button>`;
}

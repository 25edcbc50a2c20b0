// "12 new ↓": how much came while the reader was elsewhere, and the way there.

import { html } from "../lib.js";
import { count } from "../format.js";
import { Icon } from "./icon.js";

/** `isAway`: the newest is not below, but elsewhere. @param {{ count: number, what: string, isAway?: boolean, onClick: () => void }} props */
export function NewBelow({ count: n, what, isAway = false, onClick }) {
  if (n <= 0 && !isAway) return null;
  const label = n > 0 ? `${count(n, `new ${what}`)}, go to the end` : `Go to the newest ${what}`;
  return html`<button type="button" class="new-below" onClick=${onClick} aria-label=${label}>
    ${n > 0 ? `${n.toLocaleString("en")} new` : "Newest"}<${Icon} name="down" /></button>`;
}

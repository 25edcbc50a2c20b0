// That a step is being looked for, that it is not there, that a search did not work.

import { html } from "../lib.js";
import { isEmpty } from "../filter.js";
import { backToNewest, dismissTarget } from "../lookup.js";
import { filter, view } from "../store.js";

export function Elsewhere() {
  const { lens, target, search } = view.value;
  if (target?.problem) {
    return html`<div class="strip" data-tone="warn" role="status"><p>${target.problem}</p><button type="button" class="link" onClick=${dismissTarget}>Close</button></div>`;
  }
  if (search?.problem) return html`<div class="strip" data-tone="bad" role="status"><p>${search.problem}</p></div>`;
  if (!lens || lens.isLoaded || !isEmpty(filter.value)) return null;
  return html`<div class="strip late" data-tone="plain" role="status"><p>Looking for the step…</p>
    <button type="button" class="link" onClick=${backToNewest}>Back to the newest</button></div>`;
}

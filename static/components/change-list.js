// What was changed in the open project, below its documents in the list: the branch, and how much.

import { html } from "../lib.js";
import { loadChanges, openChange } from "../changes.js";
import { view } from "../store.js";
import { changeCount, changeWords, shortName } from "../work.js";
import { Icon } from "./icon.js";

export function ChangeList() {
  const { changes, changesProblem } = view.value;
  if (changes === null && changesProblem && !view.value.missing) {
    return html`<p class="documents-problem">What was changed could not be looked up. <button type="button" class="link" onClick=${() => void loadChanges()}>Try again</button></p>`;
  }
  if (!changes?.length) return null;
  return html`
    <ul class="documents" aria-label="What was changed">
      ${changes.map((one) => html`
        <li key=${one.key}><button type="button" class="document change" title=${`What was changed: ${one.branch}\n${changeWords(one)}`} onClick=${() => openChange(one)}>
          <${Icon} name="branch" /><span>${shortName(one)}</span><span class="change-count">${changeCount(one)}</span></button></li>`)}
    </ul>`;
}

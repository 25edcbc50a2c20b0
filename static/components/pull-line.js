// A pull request in one line: its number, where it stands, and what its checks say. Each with an icon and in words.

import { html } from "../lib.js";
import { webAddress } from "../issues.js";
import { aboutPull, checksChip, stateChip } from "../pulls.js";
import { Icon } from "./icon.js";

/** @param {{ pull: import("../pulls.js").Pull, hasTitle?: boolean }} props */
export function PullLine({ pull, hasTitle = false }) {
  const address = webAddress(pull.url);
  const name = html`<span class=${hasTitle ? "sr-only" : ""}>Pull request </span><span class="issue-number">#${pull.number}</span>${hasTitle && pull.title ? html` <span class="pull-title">${pull.title}</span>` : ""}`;
  const checks = checksChip(pull);
  return html`
    <span class="pull" data-pull=${pull.number} title=${aboutPull(pull)}>
      ${address ? html`<a class="pull-name" href=${address} target="_blank" rel="noopener noreferrer">${name}</a>` : html`<span class="pull-name">${name}</span>`}
      <span class="pull-chips"><${Chip} chip=${stateChip(pull)} />${checks && html` <${Chip} chip=${checks} />`}</span>
    </span>`;
}

/** @param {{ chip: import("../pulls.js").Chip }} props */
function Chip({ chip: { word, icon, tone } }) {
  return html`<span class="pull-chip" data-tone=${tone} title=${word}><${Icon} name=${icon} /><span>${word}</span></span>`;
}

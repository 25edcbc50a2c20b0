// The pull requests of the open project, below its changes in the list.

import { html, useEffect, useState } from "../lib.js";
import { loadPulls } from "../pull-actions.js";
import { view } from "../store.js";
import { PullLine } from "./pull-line.js";

/** Of more than this the list of projects would be pushed out of sight. */
const FEW = 3;

export function PullList() {
  const { pulls, pullsProblem, missing } = view.value;
  const [isWhole, setWhole] = useState(false);
  useEffect(() => { void loadPulls(); }, []);
  const again = html`<button type="button" class="link" onClick=${() => void loadPulls()}>Try again</button>`;
  if (pulls === null) return pullsProblem && !missing ? html`<p class="documents-problem" role="alert">The pull requests could not be loaded. ${pullsProblem} ${again}</p>` : null;
  if (pulls.length === 0) return null;
  const shown = isWhole || pulls.length <= FEW ? pulls : pulls.slice(0, FEW);
  return html`
    <section class="pulls" aria-label="Pull requests">
      <h3 class="pulls-head">Pull requests</h3>
      <ul class="documents">
        ${shown.map((one) => html`<li key=${one.number} class="pull-row"><${PullLine} pull=${one} hasTitle />${one.trouble && html`<span class="pull-trouble">${one.trouble}</span>`}</li>`)}
        ${shown.length < pulls.length && html`<li><button type="button" class="document" aria-expanded="false" onClick=${() => setWhole(true)}>Show all ${pulls.length} pull requests</button></li>`}
      </ul>
      ${pullsProblem && html`<p class="issues-note" role="alert">This list may be out of date. ${pullsProblem} ${again}</p>`}
    </section>`;
}

// Where the workflow stands, in one line above the chat: its five phases, and the way on where it does not go on by itself.

import { html, useState } from "../lib.js";
import { dialog, view } from "../store.js";
import { canContinue, currentPhase, isStarted } from "../workflow.js";
import { continueWorkflow } from "../workflow-actions.js";
import { phaseWords } from "../words.js";
import { Icon } from "./icon.js";
import { Menu } from "./menu.js";

export function WorkflowRow() {
  const { flow } = view.value;
  if (!isStarted(flow)) return null;
  const current = currentPhase(flow);
  return html`
    <section class="workflow" aria-label="Workflow">
      <ol class="phases">
        ${flow.phases.map((phase, i) => html`<${Phase} key=${phase.id} phase=${phase} nth=${i + 1} of=${flow.phases.length} isCurrent=${phase === current} />`)}
      </ol>
      ${current === null && html`<p class="phases-over"><${Icon} name="check" />All ${flow.phases.length} phases are done</p>`}
      ${canContinue(flow) && html`<${Continue} />`}
      <${Menu} label="More about the workflow" icon="more" items=${items} />
    </section>`;
}

function items() {
  return [
    ...(canContinue(view.value.flow) ? [{ label: "Continue", icon: "play", onSelect: () => void continueWorkflow() }] : []),
    { label: "Start over…", icon: "refresh", onSelect: () => { dialog.value = "restart"; } },
  ];
}

/** @param {{ phase: import("../workflow.js").Phase, nth: number, of: number, isCurrent: boolean }} props */
function Phase({ phase, nth, of, isCurrent }) {
  const { word, tone, icon } = phaseWords(phase);
  return html`
    <li class="phase" data-tone=${tone} data-current=${isCurrent || undefined} aria-current=${isCurrent ? "step" : undefined} title=${`${phase.name}: ${word}${phase.description ? `\n${phase.description}` : ""}`}>
      <span class="phase-mark" aria-hidden="true">${tone === "running" ? html`<span class="spinner"></span>` : tone === "queued" ? nth : html`<${Icon} name=${icon} />`}</span>
      <span class="phase-text">${isCurrent && html`<span class="phase-nth">${nth} of ${of}: </span>`}<span class="phase-name">${phase.name}</span><span class="phase-word">, ${word}</span></span>
    </li>`;
}

function Continue() {
  const [isBusy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    await continueWorkflow();
    setBusy(false);
  };
  return html`
    <button type="button" class="button small primary" aria-disabled=${isBusy ? "true" : undefined} onClick=${isBusy ? undefined : go}>
      ${isBusy ? html`<span class="spinner" aria-hidden="true"></span>` : html`<${Icon} name="play" />`}Continue</button>`;
}

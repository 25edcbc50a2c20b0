// What waits for a person's approval, pinned above the composer, the newest on top.

import { html, useState } from "../lib.js";
import { focusAfterGate } from "../focus.js";
import { view } from "../store.js";
import { isOpen } from "../workflow.js";
import { loadWorkflow } from "../workflow-actions.js";
import { GateCard } from "./gate-card.js";

export function Gates() {
  const { gates, problem } = view.value.flow;
  // Those somebody is busy with stay in front of them, also when they are decided elsewhere.
  const [held, setHeld] = useState(/** @type {string[]} */ ([]));
  const shown = gates.filter((gate) => isOpen(gate) || held.includes(gate.id));
  const hold = (/** @type {string} */ id, /** @type {boolean} */ isHeld) => setHeld((all) => [...all.filter((one) => one !== id), ...(isHeld ? [id] : [])]);
  if (shown.length === 0 && !problem) return null;
  return html`
    <section class="gates" aria-label="Waiting for you">
      ${problem && html`<div class="strip" data-tone="warn"><p>What waits for you here could not be loaded: ${problem}</p>
        <button type="button" class="link" onClick=${() => void loadWorkflow()}>Try again</button></div>`}
      ${shown.map((gate) => html`<${GateCard} key=${gate.id} gate=${gate} onHold=${(/** @type {boolean} */ isHeld) => hold(gate.id, isHeld)} onDone=${focusAfterGate} />`)}
    </section>`;
}

// The answers a coding agent offers, a button each: one click decides.

import { html } from "../lib.js";
import { allows, meaningOf, optionsOf } from "../permission.js";
import { Icon } from "./icon.js";

/** The second press of a double click falls on the card that has moved up meanwhile, and is no answer to that. @param {MouseEvent} event */
const isMeant = (event) => event.detail < 2;

/** @param {{ gate: import("../workflow.js").Gate, chosen: string | null, onChoose: (option: import("../workflow.js").GateOption) => void }} props `chosen` is on its way to the server */
export function GateOptions({ gate, chosen, onChoose }) {
  const options = optionsOf(gate);
  const first = options.find(allows);
  return html`
    <div class="gate-actions gate-options">
      ${options.map((option) => html`
        <button type="button" key=${option.id} class=${option === first ? "button primary" : "button"} title=${meaningOf(option)} data-answer=${allows(option) ? "approve" : "reject"}
          aria-disabled=${chosen === null ? undefined : "true"} onClick=${(/** @type {MouseEvent} */ event) => { if (chosen === null && isMeant(event)) onChoose(option); }}>
          ${chosen === option.id ? html`<span class="spinner" aria-hidden="true"></span>` : html`<${Icon} name=${allows(option) ? "check" : "close"} />`}
          <span>${option.name}</span></button>`)}
    </div>`;
}

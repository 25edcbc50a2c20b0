// How a question of the log stands now: the way to its card while it is open, and a word where nothing else in the log
// tells that it is asked no more.

import { html } from "../lib.js";
import { focusGate } from "../focus.js";
import { view } from "../store.js";
import { gateOf, isOpen } from "../workflow.js";
import { gateWords } from "../words.js";

/** @param {{ activity: import("../state.js").Activity }} props */
export function GateStand({ activity }) {
  const told = gateOf(activity);
  const gate = told && isOpen(told) && view.value.flow.gates.find(({ id }) => id === told.id);
  if (!gate) return null;
  if (isOpen(gate)) return html`<button type="button" class="link" aria-label=${`Answer: ${gate.question}`} onClick=${() => focusGate(gate.id)}>Answer</button>`;
  return gate.status === "WITHDRAWN" ? html`<p class="hint">${gateWords(gate).word}</p>` : null;
}

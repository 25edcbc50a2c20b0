// Some steps of a command that stand one after the other. A stretch that has not changed costs nothing when others do, and
// one that is out of sight is not laid out.

import { html, memo, useRef } from "../lib.js";
import { lineHolds } from "../step.js";
import { ActivityStep } from "./activity-step.js";
import { ReadFold } from "./read-fold.js";

/** About the height of a step, for a stretch that was never in sight. */
const STEP_PX = 28;

/** @param {{ stretch: import("../rows.js").Stretch, level: number, current?: import("../rows.js").Row, target: import("../state.js").Target | null, onOpen: () => void }} props */
function View({ stretch: { rows }, level, current, target, onOpen }) {
  const aimAt = (/** @type {import("../rows.js").Row} */ row) => lineHolds(row, target?.seq) ? target : null;
  // Never changed: whoever reads would lose their place.
  const guess = useRef(`contain-intrinsic-height: auto ${rows.length * STEP_PX}px`);
  return html`
    <ol class="stretch" style=${guess.current} data-holds-target=${target ? "" : undefined}>
      ${rows.map((row) => row.type === "fold"
        ? html`<${ReadFold} key=${row.key} fold=${row} level=${level} isCurrent=${row === current} target=${aimAt(row)} onOpen=${onOpen} />`
        : html`<${ActivityStep} key=${row.key} step=${row} level=${level} isCurrent=${row === current} target=${aimAt(row)} onOpen=${onOpen} />`)}
    </ol>`;
}

export const Stretch = memo(View);

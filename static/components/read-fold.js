// Files read one after the other, as one line that opens.

import { html } from "../lib.js";
import { count } from "../format.js";
import { filesOf } from "../rows.js";
import { stepHolds } from "../step.js";
import { isUnderWay } from "../step-words.js";
import { useOpen } from "../target.js";
import { ActivityStep } from "./activity-step.js";
import { Icon } from "./icon.js";
import { Age } from "./time.js";

/** @param {{ fold: import("../rows.js").Fold, level: number, isCurrent: boolean, target: import("../state.js").Target | null, onOpen: () => void }} props */
export function ReadFold({ fold, level, isCurrent, target, onOpen }) {
  const [isOpen, setOpen] = useOpen(false, target?.at);
  const { steps } = fold;
  const last = steps[steps.length - 1];
  const names = filesOf(fold).join(", ");
  const isBusy = isCurrent && isUnderWay(last);
  const toggle = () => {
    onOpen();
    setOpen(!isOpen);
  };
  return html`
    <li class="step" data-row data-kind="tool" data-seq=${steps[0].activity.seq} data-current=${isCurrent || undefined}>
      <span class="step-icon">${isBusy ? html`<span class="spinner" aria-hidden="true"></span>` : html`<${Icon} name="file" />`}</span>
      <div class="step-main">
        <button type="button" class="step-line" aria-expanded=${isOpen} title=${names} onClick=${toggle}>
          <span class="step-text before-outcome">Read ${count(steps.length, "file")}</span>
          <span class="outcome">${names}</span>
        </button>
      </div>
      <${Age} iso=${last.activity.timestamp} />
      ${isOpen && html`<ol class="folded">${steps.map((step) => html`<${ActivityStep} key=${step.key} step=${step} level=${level} target=${stepHolds(step, target?.seq) ? target : null} onOpen=${onOpen} />`)}</ol>`}
    </li>`;
}

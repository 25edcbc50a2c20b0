// Line icons on a 24 unit grid, drawn in the colour of the text beside them.

import { html } from "../lib.js";

/** @type {Record<string, string>} */
const PATHS = {
  agent: "M12 3v3M5 9h14v9a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2zM9 13v2M15 13v2M2.5 13v3M21.5 13v3",
  alert: "M12 8v5M12 16.5v.01M12 3.5 2.5 20h19z",
  bell: "M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 1.500h-15zM10 20.500a2 2 0 0 0 4 0",
  branch: "M7 7.500v9M7 16.500a2.500 2.500 0 1 0 .01 0M7 2.500a2.500 2.500 0 1 0 .01 0M17 4.500a2.500 2.500 0 1 0 .01 0M17 9.500c0 4-4 4-10 5",
  bubble: "M4 5h16v11H10l-4 4v-4H4z",
  check: "m5 12.5 4.5 4.5L19 7.5",
  chevron: "m9 6 6 6-6 6",
  circle: "M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14z",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7.5V12l3 2",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  dot: "M12 10.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
  down: "M12 5v14M6 13l6 6 6-6",
  download: "M12 4v11M7 10.500l5 5 5-5M5 20h14",
  file: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  filter: "M4 6h16M7 12h10M10.500 18h3",
  flag: "M6 21V4M6 5h11l-2 4 2 4H6",
  folder: "M3 6h6l2 2h10v11H3z",
  gauge: "M4 18a9 9 0 1 1 16 0M12 15l4-5",
  gear: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM10.300 5.300l.3-2.500h2.800l.3 2.500 1.900.8 2-1.600 2 2-1.600 1.900.8 1.900 2.500.3v2.800l-2.500.3-.8 1.900 1.600 1.900-2 2-1.900-1.600-1.900.8-.3 2.500h-2.800l-.3-2.500-1.900-.8-1.900 1.600-2-2 1.600-1.900-.8-1.900-2.500-.3v-2.800l2.500-.3.8-1.900-1.600-1.900 2-2 1.900 1.600z",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  hand: "M8 12V6a1.5 1.5 0 0 1 3 0v5M11 11V4.500a1.500 1.500 0 0 1 3 0V11M14 11V6a1.500 1.500 0 0 1 3 0v8a6 6 0 0 1-6 6c-3 0-4-1.500-7-6 1-1.500 2.500-1 4 1",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 8v.01",
  keyboard: "M3 6h18v12H3zM7 10v.01M10.300 10v.01M13.700 10v.01M17 10v.01M8 14h8",
  link: "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1.500 1.500M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1.500-1.500",
  list: "M9 6h11M9 12h11M9 18h11M4.500 6v.01M4.500 12v.01M4.500 18v.01",
  menu: "M4 7h16M4 12h16M4 17h16",
  moon: "M20 14.500A8 8 0 0 1 9.500 4a8 8 0 1 0 10.500 10.500z",
  more: "M5 12v.01M12 12v.01M19 12v.01",
  move: "M4 12h15M14 7l5 5-5 5M4 6v12",
  none: "",
  out: "M10 4H5v16h5M9 12h11M16 8l4 4-4 4",
  pause: "M9 6v12M15 6v12",
  pencil: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.500 20a7.500 7.500 0 0 1 15 0",
  play: "M8 5.500v13l10-6.500z",
  plus: "M12 5v14M5 12h14",
  pulse: "M3 12h4l2.500-7 5 14L17 12h4",
  refresh: "M20 11a8 8 0 0 0-14-4.500L4 9M4 4v5h5M4 13a8 8 0 0 0 14 4.500l2-2.500M20 20v-5h-5",
  result: "M20 6v5a3 3 0 0 1-3 3H5M9 10l-4 4 4 4",
  screen: "M3 5h18v11H3zM9 20h6M12 16v4",
  search: "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM20 20l-4.800-4.800",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400",
  terminal: "M3 5h18v14H3zM7 10l2.500 2.500L7 15M12.500 15H16",
  text: "M4 6h16M4 11h16M4 16h10",
  up: "M12 19V5M6 11l6-6 6 6",
  thought: "M12 4a7 6 0 0 0-4 10.900V18l3-2c5 .6 8-2.500 8-6a7 6 0 0 0-7-6z",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  wrench: "M14.500 6.500a4 4 0 0 1 5-1l-2.700 2.700 1 1.500 1.700.6 2-2.200a4 4 0 0 1-5.300 4.700L9 20a2 2 0 0 1-3-3l7.300-7.200a4 4 0 0 1 1.200-3.300z",
};

/** @param {{ name: string, label?: string }} props without a label it is decoration and says nothing to a screen reader */
export function Icon({ name, label }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden=${label ? undefined : "true"} role=${label ? "img" : undefined}
    aria-label=${label}><path d=${PATHS[name] ?? PATHS.dot} /></svg>`;
}

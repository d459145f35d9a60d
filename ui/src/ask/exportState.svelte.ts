// What is kept of exports as long as the window is open.
export const exportState = $state({
  /** Whether images of the cited pages go along, where the format can hold them. */
  pictures: false,
  /** Whether highlighted copies are being made. */
  highlighting: false,
});

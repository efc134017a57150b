/**
 * Header of a call that a page makes by itself while nobody touches it: it tells what is so, and is no act of a person, so that it does
 * not keep a sign-in awake. A page that left it out would only stay signed in where somebody could press a key as well.
 */
export const watchingHeader = "genkan-watching";

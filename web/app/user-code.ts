/** The one form of a user code (RFC 8628, section 6.1): upper case, four and four with a dash. */
export function tidyUserCode(typed: string): string {
  const letters = typed.toUpperCase().replace(/[^A-Z0-9]/g, "");
  return letters.length === 8 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters;
}

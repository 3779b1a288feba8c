/**
 * What a spreadsheet would take for the beginning of a formula (OWASP: "CSV Injection"): `= + - @`, their full-width
 * twins, tab and line breaks. Not only where the cell begins: spreadsheets set to French split lines at semicolons,
 * others at tabs, whatever the commas and quotes say.
 */
const FORMULA = /(?<=^|[;\t\r\n])(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])/g;

/** The text as a cell that is shown and never calculated: an apostrophe stands before what would begin a formula. */
export function harmlessCell(text: string): string {
  return text.replace(FORMULA, "'");
}

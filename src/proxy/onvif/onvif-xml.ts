import { XMLParser } from 'fast-xml-parser';

/** Longest answer that is read, in bytes. */
export const MAX_XML_BYTES = 256 * 1024;
/** Elements within elements that are looked at. */
const MAX_DEPTH = 24;

/** What came is no XML that a device would send. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

/** An element as the parser gives it: its children by their local names, attributes with an `@`, text as `#text`. */
export type XmlElement = Readonly<Record<string, unknown>>;

/**
 * Reads a device's XML: namespaces' prefixes off, nothing expanded. What declares a document type or entities is refused, for
 * that is what such documents are attacked with.
 * @throws XmlError
 */
export function readXml(bytes: Buffer): XmlElement {
  const text = bytes.toString('utf8');
  if (bytes.length > MAX_XML_BYTES || /<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new XmlError('not XML of a device');
  try {
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      removeNSPrefix: true,
      processEntities: false,
      parseTagValue: false,
      parseAttributeValue: false,
    });
    const parsed: unknown = parser.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed as XmlElement;
  } catch (cause) {
    throw new XmlError('not XML of a device', { cause });
  }
  throw new XmlError('not XML of a device');
}

/** Every element of this local name, at any depth, in the document's order. Text alone is an element with `#text`. */
export function elementsOf(node: unknown, name: string, depth = 0): XmlElement[] {
  if (typeof node !== 'object' || node === null || depth > MAX_DEPTH) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    if (key === name) return list.map((one) => asElement(one));
    return list.flatMap((one) => elementsOf(one, name, depth + 1));
  });
}

/** The text of the first element of this name, trimmed, the five predefined entities decoded; `null` where there is none. */
export function textOf(node: unknown, name: string): string | null {
  const [element] = elementsOf(node, name);
  const text = element?.['#text'];
  return typeof text === 'string' && text.trim() !== '' ? decode(text.trim()) : null;
}

/** An attribute of an element, decoded. */
export function attributeOf(element: XmlElement, name: string): string | null {
  const value = element[`@${name}`];
  return typeof value === 'string' ? decode(value) : null;
}

/** For text within an element or attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function asElement(value: unknown): XmlElement {
  return typeof value === 'object' && value !== null ? (value as XmlElement) : { '#text': String(value) };
}

const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** XML 1.0 §4.6, in one pass: what comes of it is not decoded again. */
function decode(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => PREDEFINED[name] ?? '');
}

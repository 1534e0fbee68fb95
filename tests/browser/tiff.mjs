// SPDX-License-Identifier: MIT
// Builds TIFF blocks as Exif uses them (TIFF 6.0, section 2), the malformed ones too: the caller names the IFDs, their order in the
// bytes, and everything that may be wrong about them.

const SIZE_OF_TYPE = [1, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

/** An entry with the bytes of its value as bytes(bigEndian). */
export const entry = (tag, type, count, bytes) => ({ tag, type, count, bytes });

function numbers(tag, type, size, values) {
    return entry(tag, type, values.length, (be) => {
        const out = Buffer.alloc(size * values.length);
        values.forEach((v, i) => {
            if (be) out.writeUIntBE(v, i * size, size);
            else out.writeUIntLE(v, i * size, size);
        });
        return out;
    });
}

export const byte = (tag, ...values) => numbers(tag, 1, 1, values);
export const short = (tag, ...values) => numbers(tag, 3, 2, values);
export const long = (tag, ...values) => numbers(tag, 4, 4, values);
export const ascii = (tag, text) =>
    entry(tag, 2, text.length + 1, () => Buffer.from(text + '\0', 'latin1'));
export const rational = (tag, n, d = 1) => ({ ...numbers(tag, 4, 4, [n, d]), type: 5, count: 1 });

/** An entry that holds the offset of an IFD, by its name, or any number. */
export const pointer = (tag, to, type = 4) => ({ tag, type, count: 1, to });

/** The block.
 *
 * ifds: {name: entries}, laid out in this order unless `order` names another. next: {name: name or number}. count: {name:
 * number} is what the IFD says instead of the truth. be: MM. magic: instead of 42; mark: instead of II or MM. start: where
 * the first IFD of the order lies. root: name or number for the header. cut: bytes kept. tail: bytes added. */
export function tiff(spec) {
    const { ifds, be = false, start = 8, next = {}, count = {}, cut, tail = Buffer.alloc(0) } = spec;
    const order = spec.order ?? Object.keys(ifds);
    const at = layOut(ifds, order, start, be);
    const offset = (to) => (typeof to === 'number' ? to : (at.ifd[to] ?? 0));
    const out = Buffer.alloc(at.end);
    const u16 = (v, p) => (be ? out.writeUInt16BE(v, p) : out.writeUInt16LE(v, p));
    const u32 = (v, p) => (be ? out.writeUInt32BE(v, p) : out.writeUInt32LE(v, p));

    for (const name of order) {
        let p = at.ifd[name];
        u16(count[name] ?? ifds[name].length, p);
        p += 2;
        for (const e of ifds[name]) {
            u16(e.tag, p);
            u16(e.type, p + 2);
            u32(e.count, p + 4);
            const value = at.value.get(e);
            if (e.to !== undefined) {
                if (e.type === 3) u16(offset(e.to), p + 8);
                else u32(offset(e.to), p + 8);
            } else if (value.at) {
                u32(value.at, p + 8);
                value.bytes.copy(out, value.at);
            } else value.bytes.copy(out, p + 8);
            p += 12;
        }
        u32(offset(next[name] ?? 0), p);
    }
    // The header last: an IFD may be told to lie inside it.
    out.write(spec.mark ?? (be ? 'MM' : 'II'), 0, 'latin1');
    u16(spec.magic ?? 42, 2);
    u32(offset(spec.root ?? order[0]), 4);
    return Buffer.concat([out.subarray(0, cut ?? out.length), tail]);
}

// Each IFD is followed by the values that do not fit into its entries. A value goes outside by the size of its bytes, whatever
// its type and count claim.
function layOut(ifds, order, start, be) {
    const at = { ifd: {}, value: new Map(), end: Math.max(start, 8) };
    for (const name of order) {
        at.ifd[name] = at.end;
        at.end += 2 + 12 * ifds[name].length + 4;
        for (const e of ifds[name]) {
            if (e.to !== undefined) continue;
            const bytes = e.bytes(be);
            const outside = bytes.length > 4 || SIZE_OF_TYPE[e.type] * e.count > 4;
            at.value.set(e, { bytes, at: outside ? at.end : 0 });
            if (outside) at.end += bytes.length + (bytes.length & 1);
        }
    }
    return at;
}

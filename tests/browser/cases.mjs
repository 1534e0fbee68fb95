// SPDX-License-Identifier: MIT
// The crafted sources: every place, type, value and damage in which an orientation or a density may hide from one reader and
// not from another.
//
// Each case says how Chromium and Firefox read it: the orientation shown by default CSS, and where a density changes it the
// natural size. Those were measured with Chromium 156 and Firefox 153. A browser that reads a case
// otherwise today gets a note, not a failure: what counts is that the product shows what Chromium shows of the source.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { chunk, flatPicture, jfif, jpeg, png, segment, storedSize } from './picture.mjs';
import { ascii, byte, entry, long, pointer, rational, short, tiff } from './tiff.mjs';
import { webp } from './webp.mjs';

const ORIENTATION = 0x0112;
const EXIF_IFD = 0x8769;
const GPS_IFD = 0x8825;
const INTEROP_IFD = 0xa005;
const SUB_IFDS = 0x014a;
const MAKER_NOTE = 0x927c;

const text = (s) => Buffer.from(s, 'latin1');
const concat = (...parts) => Buffer.concat(parts);

const EXIF = text('Exif\0\0');
const XMP = text('http://ns.adobe.com/xap/1.0/\0');

const app1 = (payload, head = EXIF) => segment(0xe1, concat(head, payload));
const exif = (spec, head) => app1(tiff(spec), head);
const orientation = (value, be = false) =>
    tiff({ be, ifds: { ifd0: [ascii(0x010f, 'Example'), short(ORIENTATION, value)] } });
const only = (value) => tiff({ ifds: { ifd0: [short(ORIENTATION, value)] } });
const xmpPacket = (inside, attributes = '') =>
    text(
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""' +
            ` xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:t="http://ns.adobe.com/tiff/1.0/"${attributes}>` +
            `${inside}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`,
    );
const xmp = (packet) => segment(0xe1, concat(XMP, packet));
const xmp6 = () => xmp(xmpPacket('', ' tiff:Orientation="6"'));

/** The list of {name, file, bytes, stored, flat, chromium, firefox, natural}. stored: the size by the file's header. flat: the
 * pixels are flatPicture()'s. chromium, firefox: orientation shown, 0 for none of the eight. natural: {chromium,
 * firefox} sizes where a density counts, or null. */
export function makeCases(testdata) {
    const cases = [];
    const add = (name, bytes, chromium, firefox = chromium, more = {}) => {
        if (cases.some((c) => c.name === name)) throw new Error(`two cases are named ${name}`);
        const suffix = more.suffix ?? (bytes[0] === 0x89 ? 'png' : bytes[0] === 0x52 ? 'webp' : 'jpg');
        const stored = storedSize(bytes);
        cases.push({ stored, flat: true, natural: null, ...more, name, bytes, chromium, firefox });
        cases[cases.length - 1].file = `${name}.${suffix}`;
    };
    const app = (name, app, ...rest) => add(`jpeg-${name}`, jpeg({ app }), ...rest);
    const ifd0 = (name, entries, ...rest) => app(name, exif({ ifds: { ifd0: entries } }), ...rest);
    const make = { add, app, ifd0 };
    plain(make);
    typesAndCounts(make);
    positions(make);
    duplicates(make);
    headers(make);
    truncations(make);
    severalApp1(make);
    places(make);
    pngPlaces(make);
    pngText(make);
    xmpForms(make);
    densities(make);
    pngDensities(make);
    webpPlaces(make);
    fromTestdata(make, testdata);
    return cases;
}

// No browser honours any of them.
function webpPlaces({ add }) {
    const picture = flatPicture(64, 40);
    const file = (name, parts) => add(`webp-${name}`, webp(picture, parts), 1);
    const block = (value, be = false) => ['EXIF', orientation(value, be)];
    const packet = ['XMP ', xmpPacket('', ' tiff:Orientation="6"')];
    file('plain', {});
    file('plain-not-extended', { extended: false });
    for (let o = 1; o <= 8; o++)
        for (const be of [false, true]) file(`orientation-${o}-${be ? 'mm' : 'ii'}`, { after: [block(o, be)] });
    for (const o of [3, 6]) file(`prefixed-${o}`, { after: [['EXIF', concat(EXIF, orientation(o))]] });
    for (const o of [0, 9]) file(`orientation-${o}`, { after: [block(o)] });
    file('only-the-tag-6', { after: [['EXIF', only(6)]] });
    file('exif-ifd-6', { after: [['EXIF', tiff({ ifds: { ifd0: [pointer(EXIF_IFD, 'exif')], exif: [short(ORIENTATION, 6)] } })]] });
    file('exif-first', { before: [block(6)] });
    file('exif-without-flag', { after: [block(6)], flags: 0 });
    file('exif-not-extended', { after: [block(6)], extended: false });
    file('exif-behind-riff', { trailer: [block(6)] });
    file('exif-twice', { after: [block(1), block(6)] });
    file('exif-6-then-8', { after: [block(6), block(8)] });
    file('xmp', { after: [packet] });
    file('xmp-first', { before: [packet] });
    file('xmp-without-flag', { after: [packet], flags: 0 });
    file('xmp-ends-in-zero', { after: [['XMP\0', packet[1]]] });
    file('xmp-as-in-other-riff', { after: [['_PMX', packet[1]]] });
    file('exif-and-xmp', { after: [block(8), packet] });
    file('exif-1-and-xmp', { after: [block(1), packet] });
    file('unknown-chunks', { before: [['what', text('EXIF')]], after: [block(6), ['else', Buffer.alloc(3)]] });
    file('density', { after: [['EXIF', tiff({
        ifds: {
            ifd0: [short(ORIENTATION, 6), rational(0x011a, 144, 1), rational(0x011b, 144, 1), short(0x0128, 2),
                pointer(EXIF_IFD, 'exif')],
            exif: [long(0xa002, picture.width / 2), long(0xa003, picture.height / 2)],
        },
    })]] });
}

// The eight orientations, both byte orders; the control images are two of these.
function plain({ add, app }) {
    add('jpeg-plain', jpeg(), 1);
    add('png-plain', png(), 1);
    for (let o = 1; o <= 8; o++) {
        app(`orientation-${o}-ii`, app1(orientation(o, false)), o);
        app(`orientation-${o}-mm`, app1(orientation(o, true)), o);
        add(`png-orientation-${o}`, png({ before: chunk('eXIf', orientation(o, o % 2 === 0)) }), o);
    }
    app('only-the-tag-6', app1(only(6)), 6);
    app('only-the-tag-1', app1(only(1)), 1);
    add('png-only-the-tag-6', png({ before: chunk('eXIf', only(6)) }), 6);
}

function typesAndCounts({ add, app, ifd0 }) {
    const raw = (type, count, ...bytes) => entry(ORIENTATION, type, count, () => Buffer.from(bytes));
    const padded = (type, be) =>
        entry(ORIENTATION, type, 1, () => Buffer.from(be ? [0, 6, 0, 0] : [6, 0, 0, 0]));
    const types = { byte: 1, ascii: 2, long: 4, sbyte: 6, undefined: 7, sshort: 8, slong: 9, float: 11, ifd: 13 };
    for (const [name, type] of Object.entries({ ...types, 'type-0': 0, 'type-255': 255 }))
        ifd0(`${name}-6`, [padded(type > 13 ? 0 : type, false), ascii(0x0131, 'Example')].map(
            (e) => (type > 13 && e.tag === ORIENTATION ? { ...e, type } : e)), 1);
    for (const [name, type] of [['byte', 1], ['long', 4], ['sshort', 8]])
        app(`${name}-6-mm`, exif({ be: true, ifds: { ifd0: [padded(type, true)] } }), 1);
    app('long-6-mm-in-full', exif({ be: true, ifds: { ifd0: [long(ORIENTATION, 6)] } }), 1);
    ifd0('ascii-digit-6', [ascii(ORIENTATION, '6')], 1);
    ifd0('rational-6', [rational(ORIENTATION, 6)], 1);
    ifd0('srational-6', [{ ...rational(ORIENTATION, 6), type: 10 }], 1);
    ifd0('double-6', [entry(ORIENTATION, 12, 1, () => Buffer.from([0, 0, 0, 0, 0, 0, 0x18, 0x40]))], 1);
    for (const count of [0, 2, 3, 65535, 0xffffffff])
        ifd0(`count-${count}`, [raw(3, count, 6, 0, 6, 0)], 1);
    for (const value of [0, 9, 10, 256, 0x0600, 65535])
        ifd0(`value-${value}`, [short(ORIENTATION, value)], 1);
    ifd0('value-6-padding-not-zero', [raw(3, 1, 6, 0, 0xff, 0xff)], 6);
    add('png-value-9', png({ before: chunk('eXIf', only(9)) }), 1);
    add('png-long-6', png({ before: chunk('eXIf', tiff({ ifds: { ifd0: [long(ORIENTATION, 6)] } })) }), 1);
    add('png-byte-6', png({ before: chunk('eXIf', tiff({ ifds: { ifd0: [byte(ORIENTATION, 6)] } })) }), 1);
}

function positions({ add, app }) {
    const block = (value, inExif, extra = {}) => ({
        ifds: {
            ifd0: [...(value === null ? [] : [short(ORIENTATION, value)]), pointer(EXIF_IFD, 'exif')],
            exif: inExif === null ? [ascii(0x9003, '2020:01:01 00:00:00')] : [short(ORIENTATION, inExif)],
            ...extra,
        },
    });
    app('exif-ifd-6', exif(block(null, 6)), 6);
    app('exif-ifd-6-mm', exif({ ...block(null, 6), be: true }), 6);
    app('ifd0-1-exif-ifd-6', exif(block(1, 6)), 1, 6);
    app('ifd0-3-exif-ifd-6', exif(block(3, 6)), 3, 6);
    app('ifd0-6-exif-ifd-1', exif(block(6, 1)), 6, 1);
    app('ifd0-6-exif-ifd-6', exif(block(6, 6)), 6);
    app('ifd0-9-exif-ifd-6', exif(block(9, 6)), 6, 1);
    app('exif-ifd-long-6', exif({ ifds: { ifd0: [pointer(EXIF_IFD, 'exif')], exif: [long(ORIENTATION, 6)] } }), 1);
    const swapped = (value, inExif) =>
        exif({
            ifds: {
                ifd0: [pointer(EXIF_IFD, 'exif'), short(ORIENTATION, value)],
                exif: [short(ORIENTATION, inExif)],
            },
        });
    app('pointer-first-3-exif-ifd-6', swapped(3, 6), 6, 3);
    app('pointer-first-1-exif-ifd-6', swapped(1, 6), 6, 1);
    app('pointer-first-6-exif-ifd-1', swapped(6, 1), 1, 6);
    const nested = (entries) => exif({
        ifds: {
            ifd0: [ascii(0x010f, 'Example'), pointer(EXIF_IFD, 'exif')],
            exif: [...entries, pointer(EXIF_IFD, 'nested')],
            nested: [short(ORIENTATION, 6)],
        },
    });
    app('nested-exif-ifd-6', nested([]), 1, 6);
    app('nested-exif-ifd-6-exif-ifd-3', nested([short(ORIENTATION, 3)]), 3, 6);
    app('two-exif-pointers', exif({
        ifds: {
            ifd0: [pointer(EXIF_IFD, 'one'), pointer(EXIF_IFD, 'two')],
            one: [short(ORIENTATION, 6)],
            two: [short(ORIENTATION, 3)],
        },
    }), 6, 3);
    app('exif-pointer-short', exif({
        ifds: { ifd0: [pointer(EXIF_IFD, 'exif', 3)], exif: [short(ORIENTATION, 6)] },
    }), 1, 6);
    app('exif-ifd-before-ifd0', exif({ ...block(null, 6), order: ['exif', 'ifd0'], root: 'ifd0' }), 6);
    elsewhere(app);
    add('png-exif-ifd-6', png({ before: chunk('eXIf', tiff(block(null, 6))) }), 6);
    add('png-ifd0-1-exif-ifd-6', png({ before: chunk('eXIf', tiff(block(1, 6))) }), 1, 6);
    add('png-ifd1-6', png({
        before: chunk('eXIf', tiff({
            ifds: { ifd0: [ascii(0x010f, 'Example')], ifd1: [short(ORIENTATION, 6)] },
            next: { ifd0: 'ifd1' },
        })),
    }), 1);
}

// Directories whose 0x0112 no browser reads.
function elsewhere(app) {
    const beside = (tag, value) => exif({
        ifds: {
            ifd0: [...(value ? [short(ORIENTATION, value)] : [ascii(0x010f, 'Example')]), pointer(tag, 'other')],
            other: [short(ORIENTATION, 6)],
        },
    });
    app('gps-ifd-6', beside(GPS_IFD, 0), 1);
    app('interop-ifd-6', exif({
        ifds: {
            ifd0: [pointer(EXIF_IFD, 'exif')],
            exif: [pointer(INTEROP_IFD, 'interop')],
            interop: [short(ORIENTATION, 6)],
        },
    }), 1);
    app('sub-ifd-6', beside(SUB_IFDS, 0), 1);
    app('gps-ifd-6-ifd0-3', beside(GPS_IFD, 3), 3);
    const note = tiff({ ifds: { ifd0: [short(ORIENTATION, 6)] } });
    app('maker-note-6', exif({
        ifds: {
            ifd0: [pointer(EXIF_IFD, 'exif')],
            exif: [entry(MAKER_NOTE, 7, note.length, () => note)],
        },
    }), 1);
    const chain = (first, second, third) => exif({
        ifds: {
            ifd0: first ? [short(ORIENTATION, first)] : [ascii(0x010f, 'Example')],
            ifd1: [short(ORIENTATION, second)],
            ...(third ? { ifd2: [short(ORIENTATION, third)] } : {}),
        },
        next: { ifd0: 'ifd1', ifd1: third ? 'ifd2' : 0 },
    });
    app('ifd1-6', chain(0, 6), 1);
    app('ifd0-1-ifd1-6', chain(1, 6), 1);
    app('ifd0-6-ifd1-1', chain(6, 1), 6);
    app('ifd0-6-ifd1-8', chain(6, 8), 6);
    app('ifd2-6', chain(1, 1, 6), 1);
}

function duplicates({ add, app, ifd0 }) {
    const twice = (a, b) => [short(ORIENTATION, a), short(ORIENTATION, b)];
    ifd0('twice-6-3', twice(6, 3), 6, 3);
    ifd0('twice-3-6', twice(3, 6), 3, 6);
    ifd0('twice-1-6', twice(1, 6), 1, 6);
    ifd0('twice-6-1', twice(6, 1), 6, 1);
    ifd0('twice-6-6', twice(6, 6), 6);
    ifd0('twice-1-1', twice(1, 1), 1);
    ifd0('twice-9-6', twice(9, 6), 6, 1);
    ifd0('twice-6-9', twice(6, 9), 6);
    ifd0('twice-6-3-apart', [short(ORIENTATION, 6), ascii(0x0131, 'Example'), short(ORIENTATION, 3)], 6, 3);
    ifd0('long-3-then-6', [long(ORIENTATION, 3), short(ORIENTATION, 6)], 6, 1);
    ifd0('count-2-then-6', [short(ORIENTATION, 3, 3), short(ORIENTATION, 6)], 6, 1);
    app('exif-ifd-twice-6-3', exif({ ifds: { ifd0: [pointer(EXIF_IFD, 'exif')], exif: twice(6, 3) } }), 6, 3);
    add('png-twice-6-3', png({ before: chunk('eXIf', tiff({ ifds: { ifd0: twice(6, 3) } })) }), 6, 3);
    add('png-twice-1-6', png({ before: chunk('eXIf', tiff({ ifds: { ifd0: twice(1, 6) } })) }), 1, 6);
}

function headers({ app, ifd0 }) {
    const six = orientation(6);
    app('header-exif-0-1', app1(six, text('Exif\0\x01')), 6, 1);
    app('header-exif-0-ff', app1(six, text('Exif\0\xff')), 6, 1);
    app('header-upper-case', app1(six, text('EXIF\0\0')), 1);
    app('header-lower-case', app1(six, text('exif\0\0')), 1);
    app('header-none', app1(six, text('')), 1);
    app('header-five-bytes', app1(six, text('Exif\0')), 1);
    app('header-doubled', app1(six, text('Exif\0\0Exif\0\0')), 1);
    app('header-blank', app1(six, text('Exif  ')), 1);
    const block = { ifds: { ifd0: [ascii(0x010f, 'Example'), short(ORIENTATION, 6)] } };
    app('magic-43', exif({ ...block, magic: 43 }), 1);
    app('magic-byte-swapped', exif({ ...block, magic: 0x2a00 }), 1);
    app('mark-im', exif({ ...block, mark: 'IM' }), 1);
    app('mark-against-numbers', exif({ ...block, mark: 'MM' }), 1);
    app('ifd0-offset-0', exif({ ...block, root: 0 }), 1);
    app('ifd0-offset-4', exif({ ...block, root: 4 }), 1);
    app('ifd0-offset-past-end', exif({ ...block, root: 0x7fffffff }), 1);
    app('ifd0-offset-odd', exif({ ...block, start: 9 }), 6);
    app('ifd0-offset-odd-mm', exif({ ...block, start: 11, be: true }), 6);
    app('ifd0-offset-far', exif({ ...block, start: 60000 }), 6);
    ifd0('entries-unsorted', [short(ORIENTATION, 6), ascii(0x010f, 'Example')], 6);
}

function truncations({ add, app }) {
    const single = { ifds: { ifd0: [short(ORIENTATION, 6)] } };
    app('cut-before-value', exif({ ...single, cut: 18 }), 1);
    app('cut-after-value', exif({ ...single, cut: 20 }), 1, 6);
    app('cut-after-tag', exif({ ...single, cut: 22 }), 6);
    const cut = { ifds: { ifd0: [short(ORIENTATION, 6), ascii(0x0131, 'Example')] } };
    app('cut-inside-next-entry', exif({ ...cut, cut: 28 }), 6);
    app('cut-before-far-value', exif({ ...cut, cut: 38 }), 6);
    app('entry-count-9', exif({ ...single, count: { ifd0: 9 } }), 6);
    app('entry-count-65535', exif({ ...single, count: { ifd0: 65535 } }), 6);
    app('entry-count-0', exif({ ...single, count: { ifd0: 0 } }), 1);
    app('loop-next-is-ifd0', exif({ ...single, next: { ifd0: 'ifd0' } }), 6);
    app('loop-exif-is-ifd0', exif({
        ifds: { ifd0: [short(ORIENTATION, 6), pointer(EXIF_IFD, 'ifd0')] },
    }), 6);
    app('loop-exif-in-exif', exif({
        ifds: {
            ifd0: [short(ORIENTATION, 6), pointer(EXIF_IFD, 'exif')],
            exif: [ascii(0x9003, '2020:01:01 00:00:00'), pointer(EXIF_IFD, 'exif')],
        },
    }), 6);
    app('loop-two-ifds', exif({
        ifds: { ifd0: [short(ORIENTATION, 6)], ifd1: [ascii(0x010f, 'Example')] },
        next: { ifd0: 'ifd1', ifd1: 'ifd0' },
    }), 6);
    // IFD0's table and a value of it in the same bytes.
    app('value-inside-table', exif({
        ifds: { ifd0: [{ tag: 0x010f, type: 2, count: 8, to: 10 }, short(ORIENTATION, 6)] },
    }), 6);
    app('exif-pointer-past-end', exif({
        ifds: { ifd0: [short(ORIENTATION, 6), pointer(EXIF_IFD, 0x7ffffff0)] },
    }), 6);
    add('png-cut-after-value', png({ before: chunk('eXIf', tiff({ ...single, cut: 20 })) }), 1, 6);
    add('png-cut-after-tag', png({ before: chunk('eXIf', tiff({ ...single, cut: 22 })) }), 6);
    add('png-entry-count-9', png({ before: chunk('eXIf', tiff({ ...single, count: { ifd0: 9 } })) }), 6);
}

function severalApp1({ add, app }) {
    const six = app1(orientation(6));
    const none = exif({ ifds: { ifd0: [ascii(0x010f, 'Example')] } });
    app('app1-6-then-3', concat(six, app1(orientation(3))), 6);
    app('app1-1-then-6', concat(app1(orientation(1)), six), 1);
    app('app1-untagged-then-6', concat(none, six), 1);
    app('app1-header-only-then-6', concat(app1(text('')), six), 6, 1);
    app('app1-garbage-then-6', concat(app1(text('garbage, no block')), six), 1);
    app('app1-6-then-header-only', concat(six, app1(text(''))), 6);
    app('app1-xmp-then-6', concat(xmp(xmpPacket('')), six), 6, 1);
    app('app1-unknown-then-6', concat(segment(0xe1, text('Unknown\0payload')), six), 6, 1);
    app('app1-empty-then-6', concat(segment(0xe1), six), 6, 1);
    app('app1-6-then-xmp', concat(six, xmp(xmpPacket(''))), 6);
    app('app1-6-between-xmp', concat(xmp(xmpPacket('')), six, xmp(xmpPacket(''))), 6, 1);
    const long = orientation(6);
    app('app1-split', concat(app1(long.subarray(0, 12)), app1(long.subarray(12))), 1);
    add('jpeg-app1-before-and-after-frame', jpeg({ app: app1(orientation(3)), afterFrame: six }), 3);
}

function places({ add, app }) {
    const six = app1(orientation(6));
    add('jpeg-exif-before-jfif', jpeg({ first: six }), 6);
    add('jpeg-exif-without-jfif', jpeg({ jfif: null, app: six }), 6);
    add('jpeg-exif-after-tables', jpeg({ afterTables: six }), 6);
    add('jpeg-exif-last-before-scan', jpeg({ afterFrame: six }), 6);
    app('exif-after-comment', concat(segment(0xfe, text('a comment')), six), 6);
    app('exif-after-icc-like-app2', concat(segment(0xe2, text('Unknown\0')), six), 6);
    app('exif-after-irb', concat(segment(0xed, text('Photoshop 3.0\0')), six), 6);
    add('jpeg-fill-bytes-before-app1', jpeg({ app: concat(Buffer.alloc(3, 0xff), six) }), 6);
    add('jpeg-fill-bytes-before-tables', jpeg({ app: concat(six, Buffer.alloc(2, 0xff)) }), 6);
    for (const n of [0, 2, 3, 11, 13])
        app(`exif-in-app${n}`, segment(0xe0 + n, concat(EXIF, orientation(6))), 1);
    const irb = concat(text('Photoshop 3.0\x008BIM'), Buffer.from([0x04, 0x22, 0, 0, 0, 0, 0, 26]), only(6));
    app('irb-exif-6', segment(0xed, irb), 1);
    add('jpeg-exif-between-scans', jpeg({ betweenScans: six }), 1);
    add('jpeg-exif-before-and-between-scans', jpeg({ app: app1(orientation(3)), betweenScans: six }), 3);
    add('jpeg-exif-after-scan', jpeg({ afterScan: six }), 1);
    add('jpeg-exif-before-8-and-after-scan', jpeg({ app: app1(orientation(8)), afterScan: six }), 8);
    add('jpeg-xmp-between-scans', jpeg({ betweenScans: xmp6() }), 1);
    add('jpeg-xmp-after-scan', jpeg({ afterScan: xmp6() }), 1);
    add('jpeg-exif-after-eoi', jpeg({ trailer: six }), 1);
    add('jpeg-second-picture-6-after-eoi', jpeg({ trailer: jpeg({ app: six }) }), 1);
    add('jpeg-8-second-picture-6-after-eoi', jpeg({ app: app1(orientation(8)), trailer: jpeg({ app: six }) }), 8);
    add('jpeg-named-png', jpeg({ app: six }), 6, 6, { suffix: 'png' });
    add('png-named-jpeg', png({ before: chunk('eXIf', orientation(6)) }), 6, 6, { suffix: 'jpg' });
}

function pngPlaces({ add }) {
    const six = chunk('eXIf', orientation(6));
    const bad = Buffer.from(six);
    bad[bad.length - 1] ^= 0xff;
    add('png-exif-right-after-header', png({ first: six }), 6);
    add('png-exif-before-palette', png({ palette: true, first: six }), 6);
    add('png-exif-after-palette', png({ palette: true, before: six }), 6);
    add('png-exif-after-data', png({ after: six }), 1);
    add('png-exif-after-end', png({ trailer: six }), 1);
    add('png-exif-3-before-6-after-data', png({ before: chunk('eXIf', orientation(3)), after: six }), 3);
    add('png-exif-1-before-6-after-data', png({ before: chunk('eXIf', orientation(1)), after: six }), 1);
    add('png-exif-bad-crc', png({ before: bad }), 1);
    add('png-exif-bad-crc-then-3', png({ before: concat(bad, chunk('eXIf', orientation(3))) }), 3);
    add('png-exif-prefixed', png({ before: chunk('eXIf', concat(EXIF, orientation(6))) }), 1);
    add('png-exif-6-then-3', png({ before: concat(six, chunk('eXIf', orientation(3))) }), 6);
    add('png-exif-1-then-6', png({ before: concat(chunk('eXIf', orientation(1)), six) }), 1);
    add('png-exif-garbage-then-6', png({ before: concat(chunk('eXIf', text('garbage, no block')), six) }), 1, 6);
    add('png-exif-empty-then-6', png({ before: concat(chunk('eXIf'), six) }), 1, 6);
    add('png-exif-in-zxif', png({ before: chunk('zxIf', orientation(6)) }), 1);
    const packed = concat(Buffer.alloc(5), deflateSync(orientation(6)));
    add('png-exif-in-zxif-packed', png({ before: chunk('zxIf', packed) }), 1);
    add('png-exif-packed', png({ before: chunk('eXIf', packed) }), 1);
    add('png-exif-packed-after-end', png({ trailer: chunk('eXIf', packed) }), 1);
    add('png-exif-in-exif-unsafe-case', png({ before: chunk('eXIF', orientation(6)) }), 1);
    add('png-animated-6', png({ frames: true, before: six }), 6, 1);
    add('png-animated-1', png({ frames: true, before: chunk('eXIf', orientation(1)) }), 1);
    add('png-animated-plain', png({ frames: true }), 1);
}

function pngText({ add }) {
    const hex = (bytes) => bytes.toString('hex').replace(/(.{72})/g, '$1\n');
    const profile = (type, bytes) => text(`\n${type}\n${String(bytes.length).padStart(8)}\n${hex(bytes)}\n`);
    const tEXt = (key, value) => chunk('tEXt', concat(text(`${key}\0`), value));
    const zTXt = (key, value) => chunk('zTXt', concat(text(`${key}\0\0`), deflateSync(value)));
    const iTXt = (key, value, packed) =>
        chunk('iTXt', concat(text(`${key}\0`), Buffer.from([packed ? 1 : 0, 0, 0, 0]), packed ? deflateSync(value) : value));
    const block = concat(EXIF, orientation(6));
    for (const type of ['exif', 'APP1']) {
        const key = `Raw profile type ${type}`;
        const name = type.toLowerCase();
        add(`png-raw-profile-${name}-text`, png({ before: tEXt(key, profile(type, block)) }), 1);
        add(`png-raw-profile-${name}-ztxt`, png({ before: zTXt(key, profile(type, block)) }), 1);
        add(`png-raw-profile-${name}-itxt`, png({ before: iTXt(key, profile(type, block), true) }), 1);
    }
    const packet = xmpPacket('', ' tiff:Orientation="6"');
    for (const [name, write] of [['text', tEXt], ['ztxt', zTXt], ['itxt', iTXt]])
        add(`png-raw-profile-xmp-${name}`, png({ before: write('Raw profile type xmp', profile('xmp', packet)) }), 1);
    const irb = concat(text('8BIM'), Buffer.from([0x04, 0x22, 0, 0, 0, 0, 0, 26]), only(6));
    for (const type of ['8bim', 'iptc'])
        add(`png-raw-profile-${type}`, png({ before: zTXt(`Raw profile type ${type}`, profile(type, irb)) }), 1);
    add('png-raw-profile-exif-after-end', png({ trailer: zTXt('Raw profile type exif', profile('exif', block)) }), 1);
    add('png-xmp-6-after-end', png({ trailer: iTXt('XML:com.adobe.xmp', packet, false) }), 1);
    add('png-text-orientation-6-after-end', png({ trailer: tEXt('Orientation', text('6')) }), 1);
    add('png-xmp-6', png({ before: iTXt('XML:com.adobe.xmp', packet, false) }), 1);
    add('png-xmp-6-packed', png({ before: iTXt('XML:com.adobe.xmp', packet, true) }), 1);
    add('png-xmp-6-exif-8', png({
        before: concat(chunk('eXIf', orientation(8)), iTXt('XML:com.adobe.xmp', packet, false)),
    }), 8);
    add('png-raw-profile-6-exif-3', png({
        before: concat(chunk('eXIf', orientation(3)), zTXt('Raw profile type exif', profile('exif', block))),
    }), 3);
    add('png-text-orientation-6', png({ before: tEXt('Orientation', text('6')) }), 1);
    add('png-text-exif-orientation-6', png({ before: tEXt('exif:Orientation', text('6')) }), 1);
}

function xmpForms({ app }) {
    app('xmp-attribute-6', xmp6(), 1);
    app('xmp-element-6', xmp(xmpPacket('<tiff:Orientation>6</tiff:Orientation>')), 1);
    app('xmp-other-prefix-6', xmp(xmpPacket('', ' t:Orientation="6"')), 1);
    app('xmp-single-quotes-6', xmp(xmpPacket('', " tiff:Orientation='6'")), 1);
    app('xmp-bad-utf8-6', xmp(concat(xmpPacket('\xff\xfe', ' tiff:Orientation="6"'))), 1);
    app('xmp-6-after-exif-1', concat(app1(orientation(1)), xmp6()), 1);
    app('xmp-6-after-exif-8', concat(app1(orientation(8)), xmp6()), 8);
    app('xmp-6-before-exif-8', concat(xmp6(), app1(orientation(8))), 8, 1);
    const head = concat(text('http://ns.adobe.com/xmp/extension/\0'), text('0'.repeat(32)));
    const packet = xmpPacket('', ' tiff:Orientation="6"');
    const sizes = Buffer.alloc(8);
    sizes.writeUInt32BE(packet.length, 0);
    app('xmp-extended-6', segment(0xe1, concat(head, sizes, packet)), 1);
    // A packet may be as long as a segment allows.
    app('xmp-large-6', xmp(concat(xmpPacket('', ' tiff:Orientation="6"'), Buffer.alloc(60000, 0x20))), 1);
}

// Tags that scale the natural size: base 64x48, at 144 dpi shown as 32x24.
function densityBlock(options) {
    const { o, unit = 2, x = [144, 1], y = x, size = [32, 24], inIfd0 = false, type = long, be = false } = options;
    const dimension = size ? [type(0xa002, size[0]), type(0xa003, size[1])] : [ascii(0x9003, '2020:01:01 00:00:00')];
    const resolution = [
        rational(0x011a, ...x),
        rational(0x011b, ...y),
        ...(unit === null ? [] : [short(0x0128, unit)]),
    ];
    const tag = o ? [short(ORIENTATION, o)] : [ascii(0x010f, 'Example')];
    if (inIfd0) return tiff({ be, ifds: { ifd0: [...tag, ...resolution, ...dimension] } });
    return tiff({ be, ifds: { ifd0: [...tag, ...resolution, pointer(EXIF_IFD, 'exif')], exif: dimension } });
}

function densities({ add, app }) {
    const density = (name, options, natural, firefox = natural) => {
        const o = options.o || 1;
        const more = natural ? { natural: { chromium: natural, firefox } } : {};
        app(`density-${name}`, app1(densityBlock(options)), o, o, more);
    };
    const half = { 1: [32, 24], 2: [32, 24], 3: [32, 24], 5: [24, 32], 6: [24, 32], 8: [24, 32] };
    for (const o of [1, 2, 3, 5, 6, 8]) density(`match-${o}`, { o }, half[o]);
    density('match-untagged', { o: 0 }, [32, 24]);
    density('match-mm', { o: 1, be: true }, [32, 24]);
    density('match-short-dimension', { o: 1, type: short }, [32, 24]);
    density('match-in-ifd0', { o: 1, inIfd0: true }, [32, 24]);
    density('match-in-ifd0-6', { o: 6, inIfd0: true }, [24, 32]);
    density('match-rational-1440-10', { o: 1, x: [1440, 10] }, [32, 24]);
    density('match-36-dpi', { o: 1, x: [36, 1], size: [128, 96] }, [128, 96]);
    density('match-other-axes', { o: 1, x: [144, 1], y: [72, 1], size: [32, 48] }, [32, 48]);
    density('match-other-axes-6', { o: 6, x: [144, 1], y: [72, 1], size: [32, 48] }, [48, 32], [24, 64]);
    density('72-equal', { o: 1, x: [72, 1], size: [64, 48] });
    density('72-equal-6', { o: 6, x: [72, 1], size: [64, 48] });
    density('off-by-one', { o: 1, size: [33, 24] });
    density('off-by-one-6', { o: 6, size: [33, 24] });
    density('dimension-is-stored', { o: 1, size: [64, 48] });
    density('dimension-absent', { o: 1, size: null });
    density('dimension-absent-6', { o: 6, size: null });
    density('unit-cm', { o: 1, unit: 3 });
    density('unit-cm-6', { o: 6, unit: 3 });
    density('unit-none', { o: 1, unit: 1 });
    density('unit-absent', { o: 1, unit: null }, null);
    density('resolution-0', { o: 6, x: [0, 1] });
    density('denominator-0', { o: 6, x: [144, 0] });
    // So near to 72 dpi that the rounded size is the stored one: Firefox lays out a fraction of a pixel.
    density('71.983', { o: 1, x: [71983, 1000], size: [64, 48] }, [64, 48]);
    density('72.009', { o: 1, x: [72009, 1000], size: [64, 48] }, [64, 48]);
    density('72.009-6', { o: 6, x: [72009, 1000], size: [64, 48] }, [48, 64]);
    // No match until an editor makes the dimensions true.
    density('72.009-stale-dimension-6', { o: 6, x: [72009, 1000], size: [30, 20] });
    const square = app1(densityBlock({ o: 6, size: [24, 24] }));
    add('jpeg-density-square-6', jpeg({ width: 48, height: 48, app: square }), 6, 6, {
        natural: { chromium: [24, 24], firefox: [24, 24] },
    });
    add('jpeg-density-jfif-only', jpeg({ jfif: jfif(1, 144, 144) }), 1);
    add('jpeg-density-jfif-and-dimension-6', jpeg({
        jfif: jfif(1, 144, 144),
        app: app1(densityBlock({ o: 6, unit: null, x: [72, 1] })),
    }), 6);
    app('density-second-app1', concat(app1(orientation(1)), app1(densityBlock({ o: 1 }))), 1);
}

function pngDensities({ add }) {
    const density = (name, options, firefox) => {
        const o = options.o || 1;
        const stored = o >= 5 ? [48, 64] : [64, 48];
        add(`png-density-${name}`, png({ before: chunk('eXIf', densityBlock(options)) }), o, o, {
            natural: { chromium: stored, firefox },
        });
    };
    density('match-1', { o: 1 }, [32, 24]);
    density('match-untagged', { o: 0 }, [32, 24]);
    density('match-6', { o: 6 }, [24, 32]);
    const phys = chunk('pHYs', Buffer.from([0, 0, 0x16, 0x26, 0, 0, 0x16, 0x26, 1]));
    add('png-density-phys-only', png({ before: phys }), 1);
    add('png-density-phys-6', png({ before: concat(phys, chunk('eXIf', orientation(6))) }), 6);
}

// Real-looking files: thumbnails, maker notes, other codings, grids that are not whole. Their orientation ends the name. No
// browser reads arithmetic coding. Firefox squeezes an interlaced PNG of orientation 5..8 into half its box: none of the eight.
function fromTestdata({ add }, testdata) {
    for (const folder of ['jpeg/coding', 'jpeg/partial', 'png/coding'])
        for (const file of readdirSync(join(testdata, folder)).sort()) {
            const match = /^(.*-([1-8]))\.(jpg|png)$/.exec(file);
            if (!match || match[1].startsWith('arithmetic')) continue;
            const name = `testdata-${folder.replace('/', '-')}-${match[1]}`;
            const bytes = readFileSync(join(testdata, folder, file));
            const orientation = Number(match[2]);
            add(name, bytes, orientation, file.startsWith('adam7') ? 0 : orientation, { flat: false });
        }
    const plain = readFileSync(join(testdata, 'jpeg/no-exif.jpg'));
    add('testdata-jpeg-no-exif', plain, 1, 1, { flat: false });
}

/** Sources that exifnorm refuses, and why that is right for now. */
export const EXPECTED_FAILURES = {
};

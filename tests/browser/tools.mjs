// SPDX-License-Identifier: MIT
// What turns sources into products: the program under test, and three ways to do it wrong, which the judge must refuse.

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG_SIGNATURE, chunk, chunksOf, isPng, segmentsOf } from './picture.mjs';

const PATIENCE = 120000;

const isExif = (s) => s.marker === 0xe1 && s.payload.toString('latin1', 0, 5) === 'Exif\0';

/** Takes every Exif block out and leaves the picture as it lies. */
function strip(file) {
    if (isPng(file)) {
        const kept = chunksOf(file).filter((c) => c.type !== 'eXIf');
        return Buffer.concat([PNG_SIGNATURE, ...kept.map((c) => file.subarray(c.start, c.end))]);
    }
    let out = file;
    for (const s of segmentsOf(file).filter(isExif).reverse())
        out = Buffer.concat([out.subarray(0, s.start), out.subarray(s.end)]);
    return out;
}

// Makes the first 0x0112 of IFD0 a SHORT 1, in place.
function setFirstTag(block) {
    if (block.length < 10) return;
    const be = block[0] === 0x4d;
    const u16 = (at) => (be ? block.readUInt16BE(at) : block.readUInt16LE(at));
    const ifd = be ? block.readUInt32BE(4) : block.readUInt32LE(4);
    if (ifd + 2 > block.length) return;
    for (let i = 0; i < u16(ifd); i++) {
        const at = ifd + 2 + 12 * i;
        if (at + 12 > block.length) return;
        if (u16(at) !== 0x0112) continue;
        const one = be ? [0, 3, 0, 0, 0, 1, 0, 1, 0, 0] : [3, 0, 1, 0, 0, 0, 1, 0, 0, 0];
        block.set(one, at + 2);
        return;
    }
}

/** Sets the first tag to 1 and leaves the rest, as editors of tags do. */
function tag(file) {
    const out = Buffer.from(file);
    if (isPng(out)) {
        const found = chunksOf(out).find((c) => c.type === 'eXIf');
        if (!found) return out;
        setFirstTag(found.data);
        chunk('eXIf', found.data).copy(out, found.start);
    } else {
        const found = segmentsOf(out).find(isExif);
        if (found) setFirstTag(found.payload.subarray(6));
    }
    return out;
}

export const WRONG_TOOLS = { strip, tag, copy: (file) => file };

/** Runs a wrong tool over cases; what comes back is like normalize()'s. */
export function spoil(tool, cases, from, to) {
    mkdirSync(to, { recursive: true });
    for (const c of cases)
        writeFileSync(join(to, c.file), WRONG_TOOLS[tool](readFileSync(join(from, c.file))));
    return new Map(cases.map((c) => [c.file, { outcome: 'metadata', error: null }]));
}

/** Runs the program; gives {outcome, error} for each file by its report. */
export async function normalize(program, from, to, reportFile, options = []) {
    const { status, talk } = await new Promise((resolve, reject) => {
        const arguments_ = [`--report=${reportFile}`, ...options, from, to];
        execFile(program, arguments_, { timeout: PATIENCE }, (error, stdout, stderr) => {
            if (error && typeof error.code !== 'number') reject(error);
            else resolve({ status: error ? error.code : 0, talk: stdout + stderr });
        });
    });
    if (status > 1) throw new Error(`${program} ended with status ${status}:\n${talk}`);
    const lines = readFileSync(reportFile, 'utf8').split('\n').filter(Boolean);
    return new Map(lines.map((line) => JSON.parse(line)).map((item) => [item.path, item]));
}

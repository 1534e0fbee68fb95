// SPDX-License-Identifier: MIT
// Says of one product, as one browser showed it in one regime, what is wrong with it; and which orientation a picture shows.

import { crop, psnr, turn } from './picture.mjs';

// A turned JPEG is not decoded to the very samples of its source: chroma interpolation is not symmetric, and a partial grid is
// requantized. A wrong turn of these pictures is below 20 dB.
const LIKE_THE_SOURCE = 30;
// Between two regimes of one browser nothing but rounding may differ.
const LIKE_EACH_OTHER = 45;
const WHITE = 250;

const sizeText = (w, h) => `${w}x${h}`;

/** The part of a cell in which a picture of this size lies. */
export const shown = (look, [width, height]) => crop(look.picture, 0, 0, width, height);

function spills({ picture }, [width, height]) {
    for (let y = 0; y < picture.height; y++)
        for (let x = y < height ? width : 0; x < picture.width; x++) {
            const at = (y * picture.width + x) * 3;
            for (let i = 0; i < 3; i++) if (picture.data[at + i] < WHITE) return true;
        }
    return false;
}

/** Complaints about one look at a product. stored: its size in the file. reference: what Chromium shows of the source.
 * first: the same browser's default look at the product, or null. least: how like the reference it has to be, in dB. */
export function judge(look, stored, reference, first, least = LIKE_THE_SOURCE) {
    if (look.error) return [look.error];
    const complaints = [];
    const [width, height] = stored;
    const wrong = (w, h) => w !== undefined && (w !== width || h !== height);
    if (wrong(look.width, look.height))
        complaints.push(`${sizeText(look.width, look.height)}, stored ${sizeText(...stored)}`);
    if (wrong(look.layoutWidth, look.layoutHeight))
        complaints.push(
            `laid out ${sizeText(look.layoutWidth, look.layoutHeight)}, stored ${sizeText(...stored)}`,
        );
    if (reference.width !== width || reference.height !== height) {
        complaints.push(
            `stored ${sizeText(...stored)}, the source is ${sizeText(reference.width, reference.height)}`,
        );
        return complaints;
    }
    const picture = shown(look, stored);
    const likeness = psnr(picture, reference);
    if (likeness < least)
        complaints.push(`not what the source shows: ${likeness.toFixed(1)} dB`);
    if (spills(look, stored)) complaints.push('drawn larger than it is stored');
    if (first && !first.error) {
        const agreement = psnr(picture, shown(first, stored));
        if (agreement < LIKE_EACH_OTHER)
            complaints.push(`not what the default regime shows: ${agreement.toFixed(1)} dB`);
    }
    return complaints;
}

/** The orientation by which stored pixels are shown as picture: 1..8, or 0 where none fits. */
export function readOrientation(picture, stored) {
    let best = { orientation: 0, likeness: 25 };
    for (let orientation = 1; orientation <= 8; orientation++) {
        const likeness = psnr(turn(stored, orientation), picture);
        if (likeness > best.likeness) best = { orientation, likeness };
    }
    return best.orientation;
}

/* SPDX-License-Identifier: MIT */
#include "odd_places.h"

#include <ctype.h>
#include <string.h>

enum { WORD = 32 };

/* bounding_box, boundingBox and BoundingBox count as the same word below. */
static size_t fold(const char *text, size_t size, char word[WORD])
{
    size_t length = 0;
    for (size_t i = 0; i < size; i++)
        if (text[i] != '_' && text[i] != '-') {
            if (length == WORD - 1)
                return 0;
            word[length++] = (char)tolower((unsigned char)text[i]);
        }
    word[length] = '\0';
    return length;
}

static bool ends_with(const char *word, size_t size, const char *end)
{
    const size_t length = strlen(end);
    return size >= length && memcmp(word + size - length, end, length) == 0;
}

/* The words of this program's formats, and similar ones. Not "coordinates", which say where a
 * photograph was taken. */
static bool is_place(const char *word, size_t size)
{
    static const char *const ends[] = {"bbox",      "bboxes",      "boundingbox",
                                       "keypoints", "keypoints2d", "keypoints3d",
                                       "polygon",   "polygons",    "landmarks"},
                             *const words[] = {
                                 "box", "boxes", "box2d", "bbox2d", "hbox", "vbox", "fbox",
                                 "gtboxes", "poly", "poly2d", "polyline", "polylines", "points",
                                 "vertices", "exterior", "segmentation", "contour", "contours",
                                 "quad", "joints", "lanes", "lanelines", "junctions", "xy", "xyxy",
                                 "xywh", "rle", "obb", "boxesstring", "boundingboxes", "landmark",
                                 "encodedpixels", "predictionstring", "rect", "rects", "rectangle",
                                 "rectangles", "roi", "rois", "corners", "polys", "quads",
                                 "headbox", "facebox", "personbox", "detectionbox",
                                 "detectionboxes",
                                 /* masks that lie elsewhere */
                                 "segmentationbitmap", "compositemask", "instanceuri", "maskgcsuri",
                                 "maskurl", "maskuri"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(word, size, ends[i]))
            return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

/* A number for one axis may be a size or a score, so both axes have to be there. seen: a bit for
 * each word. */
static bool completes_pair(const char *word, unsigned *seen)
{
    static const char *const pairs[][2] = {
        {"x", "y"},           {"left", "top"},       {"xmin", "ymin"}, {"x1", "y1"},
        {"x0", "y0"},         {"cx", "cy"},          {"xc", "yc"},     {"topx", "topy"},
        {"minx", "miny"},     {"hpos", "vpos"},      {"xs", "ys"},     {"boxxmin", "boxymin"},
        {"mboxcx", "mboxcy"}, {"xcenter", "ycenter"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (size_t j = 0; j < 2; j++)
            if (strcmp(word, pairs[i][j]) == 0) {
                *seen |= 1U << (2 * i + j);
                return (*seen >> (2 * i) & 3U) == 3U;
            }
    return false;
}

static bool is_letter(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* nose_x beside nose_y, as tables of landmarks have it; but not size_x. stem: of the last one that
 * ended with x. */
static bool completes_named_pair(const char *text, size_t size, char stem[WORD])
{
    static const char *const others[] = {
        "size",    "dpi",  "ppi",       "scale", "resolution", "res",  "fov",  "spacing",
        "density", "step", "pixelsize", "f",     "focal",      "tile", "grid", "c"};
    char word[WORD];
    if (size < 3 || !strchr("_-", text[size - 2]) || !strchr("xyXY", text[size - 1]))
        return false;
    fold(text, size - 2, word);
    if (tolower((unsigned char)text[size - 1]) == 'y')
        return *word && strcmp(word, stem) == 0;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(word, others[i]) == 0)
            return false;
    memcpy(stem, word, WORD);
    return false;
}

/* Whether a word between these characters is a key; NUL is the end of the text. */
typedef bool is_name(char before, char after);

static bool has_places(const char *text, size_t size, is_name *is_one)
{
    unsigned seen = 0;
    char before = '\0', stem[WORD] = "";
    for (size_t i = 0, length; i < size; before = text[i + length - 1], i += length) {
        char word[WORD];
        for (length = 0; i + length < size && is_letter(text[i + length]); length++)
            ;
        if (length > 0 && is_one(before, text[i + length])) {
            const size_t folded = fold(text + i, length, word);
            if ((folded > 0 && (is_place(word, folded) || completes_pair(word, &seen))) ||
                completes_named_pair(text + i, length, stem))
                return true;
        }
        length += length == 0;
    }
    return false;
}

/* Or in JSON that is a string of another one. */
static bool is_json_name(char before, char after)
{
    return before == '"' && (after == '"' || after == '\\');
}

static bool is_xml_name(char before, char after)
{
    return before == '<' || (isspace((unsigned char)before) && after == '=');
}

static bool is_column(char before, char after)
{
    return (!before || strchr(" ,;\t\"", before)) && (!after || strchr(" ,;\t\"\r\n", after));
}

/* The length of a text like "[0.1, 0.2, 0.3, 0.4]"; 0: this is none. */
static size_t told_box(const char *text, size_t size)
{
    size_t count = 0, at = 1;
    if (*text != '[')
        return 0;
    for (; at < size && text[at] != ']'; count++) {
        at += strspn(text + at, " ");
        const size_t digits = strspn(text + at, "0123456789.-");
        at += digits;
        at += strspn(text + at, " ");
        if (digits == 0 || !strchr(",]", text[at]))
            return 0;
        at += text[at] == ',';
    }
    return count == 4 && at < size ? at + 1 : 0;
}

static bool is_told_token(const char *text)
{
    static const char *const words[] = {"<box>",  "<|box_start|>", "<|det|>",
                                        "<quad>", "<point x",      "<points x"},
                             *const numbered[] = {"<loc", "<loc_", "<patch_index_"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0)
            return true;
    for (size_t i = 0; i < sizeof numbered / sizeof *numbered; i++) {
        const size_t size = strlen(numbered[i]);
        const size_t digits =
            strncmp(text, numbered[i], size) == 0 ? strspn(text + size, "0123456789") : 0;
        if (digits > 0 && text[size + digits] == '>')
            return true;
    }
    return false;
}

/* Places in a model's prompts and answers: "[0.1, 0.2, 0.3, 0.4]" within a string, as in LLaVA,
 * PaliGemma's <loc0123>, Florence's <loc_12>, Kosmos' <patch_index_0044>, Qwen's and InternVL's
 * <box>, Molmo's <point x="1.5">. A list of four numbers outside of a string may be anything, such
 * as a list of classes. */
static bool has_told_places(const char *text, size_t size)
{
    bool is_string = false;
    for (size_t i = 0; i < size; i++) {
        if (is_string && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            is_string = !is_string;
        else if (is_string && (told_box(text + i, size - i) > 0 || is_told_token(text + i)))
            return true;
    }
    return false;
}

bool exn_odd_places_in_json(const char *text, size_t size)
{
    return has_places(text, size, is_json_name) || has_told_places(text, size);
}

bool exn_odd_places_in_xml(const char *text, size_t size)
{
    return has_places(text, size, is_xml_name);
}

bool exn_odd_places_in_head(const char *line, size_t size)
{
    return has_places(line, size, is_column);
}

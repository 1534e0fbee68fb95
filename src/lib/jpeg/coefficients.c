/* SPDX-License-Identifier: MIT */
#include "coefficients.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "arithmetic_watch.h"
#include "mcus.h"
#include "progression.h"

/* What a decoder said while it read, besides errors. */
typedef struct complaints {
    bool noise;       /* something harmless */
    bool end_of_file; /* JWRN_JPEG_EOF: judged when all is read */
    int corrupt;      /* the first message code that means damage, or 0 */
    char text[JMSG_LENGTH_MAX];
} complaints;

/* One libjpeg object, which may decode or encode, with what its callbacks need. error_manager comes
 * first: libjpeg hands back a pointer to it. */
struct exn_libjpeg {
    struct jpeg_error_mgr error_manager;
    union {
        struct jpeg_common_struct common;
        struct jpeg_decompress_struct decompress;
        struct jpeg_compress_struct compress;
    } object;
    jmp_buf escape;
    complaints said;
    struct jpeg_source_mgr source;
    struct jpeg_destination_mgr destination;
    exn_span file;
    exn_buffer *out;
    uint64_t held, limit; /* bytes of memory: held beside out; for both */
    jvirt_barray_ptr arrays[EXN_JPEG_MAX_COMPONENTS];
    jvirt_barray_ptr (*request)(j_common_ptr, int, boolean, JDIMENSION, JDIMENSION, JDIMENSION);
    uint32_t requested; /* arrays so far */
    int most_scans;     /* to be read; 0: all that there are */
    J_COLOR_SPACE color_space;
    jpeg_scan_info *script;     /* owned */
    exn_orientation turn;       /* of a target */
    bool complete;              /* every bit of every coefficient was in the scans */
    exn_arithmetic_watch watch; /* of a source with arithmetic coding */
};

static struct exn_libjpeg *of(j_common_ptr common)
{
    return (struct exn_libjpeg *)common->err;
}

static void on_error(j_common_ptr common)
{
    longjmp(of(common)->escape, 1);
}

static void on_output(j_common_ptr common)
{
    (void)common;
}

/* Whether the bytes that the decoder has just skipped are only 00 and FF. The marker it found
 * stands after them; count is the decoder's, which sees FF 00 now as one byte and now as two:
 * counting it as one demands no fewer than were skipped. */
static bool skipped_only_padding(const struct exn_libjpeg *lib, long count)
{
    const uint8_t *start = lib->file.data, *p = lib->source.next_input_byte;
    while (p > start && p < start + lib->file.size && *p != 0xFF)
        p--; /* the marker's FF may lie ahead of where libjpeg last noted its place */
    while (count > 0 && p > start) {
        p--;
        if (*p == 0 && p > start && p[-1] == 0xFF)
            p--;
        else if (*p != 0 && *p != 0xFF)
            return false;
        count--;
    }
    return count == 0;
}

static void judge_warning(struct exn_libjpeg *lib, j_common_ptr common)
{
    int code = common->err->msg_code;
    const struct jpeg_decompress_struct *d = &lib->object.decompress;
    if (code == JWRN_JPEG_EOF) {
        lib->said.end_of_file = true;
        return;
    }
    /* Before the first scan nothing but garbage between segments can be skipped; inside the scans
     * it is picture. */
    bool padding =
        code == JWRN_EXTRANEOUS_DATA &&
        (d->input_scan_number == 0 || skipped_only_padding(lib, common->err->msg_parm.i[0]));
    /* Words of a header that no coefficient depends on: cameras write sequential scans with a
     * spectral selection of 0 to 0, and versions change. */
    bool words = code == JWRN_NOT_SEQUENTIAL || code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM;
    if (padding || words) {
        lib->said.noise = true;
        return;
    }
    if (!lib->said.corrupt) {
        lib->said.corrupt = code;
        common->err->format_message(common, lib->said.text);
    }
}

/* libjpeg counts warnings and shows the first; damage hides among the later ones, so each is judged
 * by its code. */
static void on_message(j_common_ptr common, int level)
{
    struct exn_libjpeg *lib = of(common);
    if (!common->is_decompressor)
        return;
    if (level < 0)
        judge_warning(lib, common);
    else if (common->err->msg_code == JTRC_SOS && lib->most_scans &&
             lib->object.decompress.input_scan_number >= lib->most_scans)
        on_error(common); /* none of those that were bounded and paid for */
}

static void init_source(j_decompress_ptr d)
{
    (void)d;
}

/* The whole file is in memory: asked for more, it ends. An EOI is made up, as libjpeg's own sources
 * do, and noted. */
static boolean fill_input(j_decompress_ptr d)
{
    static const JOCTET eoi[2] = {0xFF, JPEG_EOI};
    WARNMS(d, JWRN_JPEG_EOF);
    d->src->next_input_byte = eoi;
    d->src->bytes_in_buffer = sizeof eoi;
    return TRUE;
}

static void skip_input(j_decompress_ptr d, long count)
{
    if (count <= 0)
        return;
    if ((size_t)count > d->src->bytes_in_buffer) {
        fill_input(d);
        return;
    }
    d->src->next_input_byte += count;
    d->src->bytes_in_buffer -= (size_t)count;
}

static void term_source(j_decompress_ptr d)
{
    (void)d;
}

enum { OUTPUT_STEP = 1 << 16 };

/* Bytes of memory with an output that grows by another step, as a buffer does. It is put together
 * once more, with its application segments. */
static uint64_t output_need(const struct exn_libjpeg *lib)
{
    if (!lib->out)
        return 0;
    const uint64_t size = (uint64_t)lib->out->size + OUTPUT_STEP, room = lib->out->capacity;
    return lib->held + size + (size > room + room / 2 ? size : room + room / 2);
}

static void grow_output(j_compress_ptr c)
{
    struct exn_libjpeg *lib = of((j_common_ptr)c);
    exn_buffer *out = lib->out;
    if (output_need(lib) > lib->limit || exn_buffer_reserve(out, OUTPUT_STEP) != EXN_OK)
        ERREXIT1(c, JERR_OUT_OF_MEMORY, 0);
    c->dest->next_output_byte = out->data + out->size;
    c->dest->free_in_buffer = out->capacity - out->size;
}

static void init_output(j_compress_ptr c)
{
    grow_output(c);
}

static boolean empty_output(j_compress_ptr c)
{
    exn_buffer *out = of((j_common_ptr)c)->out;
    out->size = out->capacity; /* libjpeg calls only when all of it is full */
    grow_output(c);
    return TRUE;
}

static void term_output(j_compress_ptr c)
{
    exn_buffer *out = of((j_common_ptr)c)->out;
    out->size = out->capacity - c->dest->free_in_buffer;
}

static struct exn_libjpeg *open_libjpeg(void)
{
    struct exn_libjpeg *lib = calloc(1, sizeof *lib);
    if (!lib)
        return NULL;
    lib->object.common.err = jpeg_std_error(&lib->error_manager);
    lib->error_manager.error_exit = on_error;
    lib->error_manager.output_message = on_output;
    lib->error_manager.emit_message = on_message;
    return lib;
}

/* Turns the error that libjpeg escaped with into ours. */
static exn_status escaped(struct exn_libjpeg *lib, exn_error *error)
{
    char text[JMSG_LENGTH_MAX];
    if (lib->watch.status != EXN_OK)
        return exn_status_fail(error, lib->watch.status, "%s",
                               exn_arithmetic_watch_text(&lib->watch));
    lib->error_manager.format_message(&lib->object.common, text);
    switch (lib->error_manager.msg_code) {
    case JERR_OUT_OF_MEMORY:
        if (exn_status_need_memory(error, output_need(lib), lib->limit) != EXN_OK)
            return EXN_LIMIT;
        return exn_status_fail(error, EXN_MEMORY, "coefficient arrays");
#if JPEG_LIB_VERSION < 70
    case JERR_ARITH_NOTIMPL:
#endif
    case JERR_BAD_PRECISION:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
        return exn_status_fail(error, EXN_UNSUPPORTED, "%s", text);
    default:
        return exn_status_fail(error, EXN_CORRUPT, "%s", text);
    }
}

static uint32_t round_up(uint32_t a, uint32_t multiple)
{
    return exn_divide_up(a, multiple) * multiple;
}

uint64_t exn_coefficients_bytes(const exn_jpeg *jpeg)
{
    uint64_t bytes = 0;
    uint64_t mcus_x = exn_divide_up(jpeg->width, 8 * jpeg->max_h);
    uint64_t mcus_y = exn_divide_up(jpeg->height, 8 * jpeg->max_v);
    for (uint32_t i = 0; i < jpeg->components; i++)
        bytes +=
            mcus_x * jpeg->component[i].h * mcus_y * jpeg->component[i].v * sizeof(exn_dct_block);
    return bytes;
}

/* Collects the rows' addresses, so that the loops of this project see plain arrays. libjpeg-turbo
 * keeps arrays whole in memory (jmemnobs.c has no backing store), so that a row stays where it is.
 * Rows are taken in order with writable set for a new array: that is what defines them. */
static exn_status collect_rows(struct exn_libjpeg *lib, uint32_t i, exn_component *c, bool writable,
                               exn_error *error)
{
    uint32_t rows = round_up(c->blocks_y, c->v);
    c->rows = malloc(rows * sizeof *c->rows);
    if (!c->rows)
        return exn_status_fail(error, EXN_MEMORY, "row table");
    j_common_ptr common = &lib->object.common;
    for (uint32_t y = 0; y < rows; y++)
        c->rows[y] = common->mem->access_virt_barray(common, lib->arrays[i], y, 1, writable)[0];
    return EXN_OK;
}

/* T.81, B.2.3 asks for every component; libjpeg shows gray for one that never comes. A sequential
 * scan is whole whatever its header's words say. Only their places in one scan of all tell
 * components of one id apart: whose other scans are nobody knows. */
static exn_status require_all_components(const exn_jpeg *jpeg, exn_error *error)
{
    uint32_t seen = 0;
    if ((jpeg->progressive || jpeg->scan_count > 1) && !exn_segments_ids_differ(jpeg))
        return exn_status_fail(error, EXN_UNSUPPORTED, "components of one id in several scans");
    for (size_t s = 0; s < jpeg->scan_count && !jpeg->damaged; s++)
        for (int i = 0; i < jpeg->scans[s].components; i++)
            if (!jpeg->progressive || jpeg->scans[s].ss == 0)
                seen |= 1u << jpeg->scans[s].component[i];
    for (uint32_t i = 0; i < jpeg->components && !jpeg->damaged; i++)
        if (!(seen >> i & 1))
            return exn_status_fail(error, EXN_CORRUPT, "no scan for component %u", i);
    return EXN_OK;
}

/* coef_bits holds, for a progressive file, how many low bits of each coefficient are still to come;
 * -1: all. */
static bool all_bits_known(const struct jpeg_decompress_struct *d)
{
    if (!d->progressive_mode)
        return true;
    for (int i = 0; i < d->num_components; i++)
        for (int k = 0; k < DCTSIZE2; k++)
            if (d->coef_bits[i][k] != 0)
                return false;
    return true;
}

/* libjpeg's warnings do not tell lost data from noise. A file that ends without EOI has lost
 * nothing only if all of its data is known to be there; arithmetic decoding goes on without data
 * and cannot know. */
static exn_status judge(struct exn_libjpeg *lib, const exn_jpeg *jpeg, uint32_t *warnings,
                        exn_error *error)
{
    const struct jpeg_decompress_struct *d = &lib->object.decompress;
    lib->complete = all_bits_known(d) && (!jpeg->damaged || exn_progression_of(jpeg));
    if (jpeg->damaged) {
        *warnings |= lib->complete ? 0 : 1u << EXN_WARN_SCANS_MISSING;
        return EXN_OK;
    }
    if (lib->said.corrupt)
        return exn_status_fail(error, EXN_CORRUPT, "%s", lib->said.text);
    if (lib->said.end_of_file && (d->arith_code || !lib->complete))
        return exn_status_fail(error, EXN_CORRUPT, "the file ends inside the image");
    if (lib->said.end_of_file || lib->said.noise || jpeg->mended)
        *warnings |= 1u << EXN_WARN_HARMLESS_NOISE;
    return EXN_OK;
}

/* The table of a component that no scan came for, in a damaged file: all of its coefficients are 0,
 * so that it serves only to be written. */
static void take_unused_table(const struct jpeg_decompress_struct *d, uint32_t i,
                              uint16_t quant[64])
{
    int slot = d->comp_info[i].quant_tbl_no;
    const JQUANT_TBL *table = slot >= 0 && slot < NUM_QUANT_TBLS ? d->quant_tbl_ptrs[slot] : NULL;
    for (int k = 0; k < DCTSIZE2; k++)
        quant[k] = table ? table->quantval[k] : 1;
}

/* The decoder's view of the components. Quantization tables are those in force at each component's
 * first scan, which libjpeg has kept apart; they need not be those of the slots any more. */
static exn_status take_components(exn_coefficients *c, bool damaged, exn_error *error)
{
    struct exn_libjpeg *lib = c->libjpeg;
    struct jpeg_decompress_struct *d = &lib->object.decompress;
    if (setjmp(lib->escape))
        return escaped(lib, error);
    for (uint32_t i = 0; i < c->components; i++) {
        exn_component *to = &c->component[i];
        const jpeg_component_info *from = &d->comp_info[i];
        if (!from->quant_table && !damaged)
            return exn_status_fail(error, EXN_CORRUPT, "component %u has no quantization table", i);
        to->h = (uint32_t)from->h_samp_factor;
        to->v = (uint32_t)from->v_samp_factor;
        if (from->quant_table)
            memcpy(to->quant, from->quant_table->quantval, sizeof to->quant);
        else
            take_unused_table(d, i, to->quant);
        exn_component_measure(c, i);
        exn_status status = collect_rows(c->libjpeg, i, to, false, error);
        if (status != EXN_OK)
            return status;
    }
    return EXN_OK;
}

/* Arrays are requested in the order of the components. libjpeg itself hands them out only where it
 * gets to the end. */
static jvirt_barray_ptr on_request(j_common_ptr common, int pool, boolean zero, JDIMENSION width,
                                   JDIMENSION height, JDIMENSION access)
{
    struct exn_libjpeg *lib = of(common);
    jvirt_barray_ptr array = lib->request(common, pool, zero, width, height, access);
    if (lib->requested < EXN_JPEG_MAX_COMPONENTS)
        lib->arrays[lib->requested++] = array;
    return array;
}

static exn_status read_arrays(struct exn_libjpeg *lib, const exn_jpeg *jpeg, exn_error *error)
{
    struct jpeg_decompress_struct *d = &lib->object.decompress;
    if (setjmp(lib->escape))
        return escaped(lib, error);
    jpeg_create_decompress(d);
    d->mem->max_memory_to_use = 0; /* not JPEGMEM's: the need was judged from the header */
    lib->request = d->mem->request_virt_barray;
    d->mem->request_virt_barray = on_request;
    /* Decoders may find more scans than the walk, which stopped at damage. */
    if (jpeg->damaged)
        lib->most_scans = (int)jpeg->scan_count + (jpeg->has_eoi ? 0 : EXN_JPEG_FREE_PASSES);
    lib->file = exn_segments_coded(jpeg);
    lib->source = (struct jpeg_source_mgr){.next_input_byte = lib->file.data,
                                           .bytes_in_buffer = lib->file.size,
                                           .init_source = init_source,
                                           .fill_input_buffer = fill_input,
                                           .skip_input_data = skip_input,
                                           .resync_to_restart = jpeg_resync_to_restart,
                                           .term_source = term_source};
    d->src = &lib->source;
    jpeg_read_header(d, TRUE);
    lib->color_space = d->jpeg_color_space;
    lib->watch.damaged = jpeg->damaged;
    if (d->arith_code)
        exn_arithmetic_watch_open(&lib->watch, d);
    jpeg_read_coefficients(d);
    return EXN_OK;
}

exn_status exn_coefficients_read(exn_coefficients *c, const exn_jpeg *jpeg, uint32_t *warnings,
                                 exn_error *error)
{
    exn_error cause = {0};
    *c = (exn_coefficients){.width = jpeg->width,
                            .height = jpeg->height,
                            .max_h = jpeg->max_h,
                            .max_v = jpeg->max_v,
                            .components = jpeg->components};
    exn_status status = require_all_components(jpeg, error);
    if (status != EXN_OK)
        return status;
    c->libjpeg = open_libjpeg();
    if (!c->libjpeg)
        return exn_status_fail(error, EXN_MEMORY, "decoder");
    status = read_arrays(c->libjpeg, jpeg, &cause);
    /* Between two scans libjpeg may find nothing to go on with; browsers show what was read. */
    if (status == EXN_CORRUPT && jpeg->damaged && c->libjpeg->requested == c->components)
        status = EXN_OK;
    if (status != EXN_OK)
        return exn_status_fail(error, status, "%s", cause.detail);
    status = judge(c->libjpeg, jpeg, warnings, error);
    return status == EXN_OK ? take_components(c, jpeg->damaged, error) : status;
}

/* Puts each component's table into a slot, equal tables into the same one: there are four slots and
 * at most four components. The component's own slot number is kept where it is free. */
static void assign_quant(struct jpeg_compress_struct *c, const exn_coefficients *target,
                         const struct jpeg_decompress_struct *source)
{
    for (int slot = 0; slot < NUM_QUANT_TBLS; slot++)
        if (c->quant_tbl_ptrs[slot])
            c->quant_tbl_ptrs[slot] = NULL; /* of jpeg_set_defaults(); the pool still owns it */
    for (uint32_t i = 0; i < target->components; i++) {
        const uint16_t *quant = target->component[i].quant;
        int own = source->comp_info[i].quant_tbl_no; /* nobody has looked where no scan came */
        int slot = own >= 0 && own < NUM_QUANT_TBLS ? own : 0;
        for (int k = 0; k < NUM_QUANT_TBLS; k++) {
            JQUANT_TBL *table = c->quant_tbl_ptrs[slot];
            if (!table || memcmp(table->quantval, quant, sizeof table->quantval) == 0)
                break;
            slot = (slot + 1) % NUM_QUANT_TBLS;
        }
        if (!c->quant_tbl_ptrs[slot]) {
            c->quant_tbl_ptrs[slot] = jpeg_alloc_quant_table((j_common_ptr)c);
            memcpy(c->quant_tbl_ptrs[slot]->quantval, quant, sizeof target->component[i].quant);
        }
        c->comp_info[i].quant_tbl_no = slot;
    }
}

static void set_parameters(struct exn_libjpeg *lib, const exn_coefficients *target,
                           const struct exn_libjpeg *source)
{
    struct jpeg_compress_struct *c = &lib->object.compress;
    const struct jpeg_decompress_struct *d = &source->object.decompress;
    c->image_width = target->width;
    c->image_height = target->height;
    c->input_components = (int)target->components;
    c->in_color_space = source->color_space;
    jpeg_set_defaults(c);
#if JPEG_LIB_VERSION >= 70 /* which scales, and takes the scaled size for the picture's */
    jpeg_calc_jpeg_dimensions(c);
#endif
    jpeg_set_colorspace(c, source->color_space);
    /* Application segments are the source's own, byte for byte. */
    c->write_JFIF_header = FALSE;
    c->write_Adobe_marker = FALSE;
    c->CCIR601_sampling = d->CCIR601_sampling;
    for (uint32_t i = 0; i < target->components; i++) {
        c->comp_info[i].component_id = d->comp_info[i].component_id;
        c->comp_info[i].h_samp_factor = (int)target->component[i].h;
        c->comp_info[i].v_samp_factor = (int)target->component[i].v;
    }
}

exn_status exn_coefficients_turned(exn_coefficients *target, const exn_coefficients *source,
                                   exn_orientation o, exn_error *error)
{
    exn_status status = EXN_OK;
    exn_component_frame(target, source, o);
    struct exn_libjpeg *lib = target->libjpeg = open_libjpeg();
    if (!lib)
        return exn_status_fail(error, EXN_MEMORY, "encoder");
    struct jpeg_compress_struct *c = &lib->object.compress;
    if (setjmp(lib->escape))
        return escaped(lib, error);
    jpeg_create_compress(c);
    c->mem->max_memory_to_use = 0;
    set_parameters(lib, target, source->libjpeg);
    for (uint32_t i = 0; i < target->components; i++) {
        const exn_component *t = &target->component[i];
        lib->arrays[i] = c->mem->request_virt_barray(&lib->object.common, JPOOL_IMAGE, FALSE,
                                                     round_up(t->blocks_x, t->h),
                                                     round_up(t->blocks_y, t->v), t->v);
    }
    c->mem->realize_virt_arrays(&lib->object.common);
    lib->turn = o;
    lib->complete = source->libjpeg->complete;
    for (uint32_t i = 0; i < target->components && status == EXN_OK; i++)
        status = collect_rows(lib, i, &target->component[i], true, error);
    return status;
}

/* Huffman codes of 8-bit JPEG hold AC values of 10 bits and DC differences of 11 (T.81, F.1.2);
 * libjpeg-turbo's encoder does not look. The order of blocks changes with a rotation, so the DC
 * values of a component must lie within one such difference of each other and of 0, where
 * prediction starts. */
static bool in_range(const exn_component *c)
{
    int lowest = 0, highest = 0;
    for (uint32_t y = 0; y < c->blocks_y; y++) {
        exn_dct_block *row = c->rows[y];
        if (exn_dct_block_magnitudes(row, c->blocks_x) > 1023)
            return false;
        for (uint32_t x = 0; x < c->blocks_x; x++) {
            lowest = row[x][0] < lowest ? row[x][0] : lowest;
            highest = row[x][0] > highest ? row[x][0] : highest;
        }
    }
    return highest - lowest <= 2047;
}

/* The source's scans as libjpeg's script. */
static void copy_script(const exn_jpeg *jpeg, jpeg_scan_info *script)
{
    for (size_t s = 0; s < jpeg->scan_count; s++) {
        const exn_jpeg_scan *from = &jpeg->scans[s];
        script[s].comps_in_scan = from->components;
        for (int i = 0; i < from->components; i++)
            script[s].component_index[i] = from->component[i];
        script[s].Ss = from->ss;
        script[s].Se = from->se;
        script[s].Ah = from->ah;
        script[s].Al = from->al;
    }
}

/* What jcmaster.c's validate_script() would refuse, so that it is not asked: components out of
 * order, a coefficient sent twice or refined by more than one bit, AC before DC, AC of several
 * components at once. */
static bool script_is_expressible(const exn_jpeg *jpeg)
{
    signed char bit[EXN_JPEG_MAX_COMPONENTS][64];
    memset(bit, -1, sizeof bit);
    for (size_t s = 0; s < jpeg->scan_count; s++) {
        const exn_jpeg_scan *scan = &jpeg->scans[s];
        if (scan->ss > scan->se || scan->se > 63 || scan->ah > 10 || scan->al > 10 ||
            (scan->ss == 0 ? jpeg->progressive && scan->se != 0 : scan->components != 1) ||
            (!jpeg->progressive && (scan->ss != 0 || scan->se != 63 || scan->ah || scan->al)))
            return false;
        for (int i = 0; i < scan->components; i++) {
            int c = scan->component[i];
            if ((i > 0 && c <= scan->component[i - 1]) || (scan->ss > 0 && bit[c][0] < 0))
                return false;
            for (int k = scan->ss; k <= scan->se; k++) {
                if (bit[c][k] < 0 ? scan->ah != 0
                                  : scan->ah != (int)bit[c][k] || scan->al != scan->ah - 1)
                    return false;
                bit[c][k] = (signed char)scan->al;
            }
        }
    }
    return true;
}

/* T.81, B.2.3: an MCU of several components has at most ten blocks. */
static bool fits_interleaved(const struct jpeg_compress_struct *c)
{
    int blocks = 0;
    for (int i = 0; i < c->num_components; i++)
        blocks += c->comp_info[i].h_samp_factor * c->comp_info[i].v_samp_factor;
    return c->num_components == 1 || blocks <= C_MAX_BLOCKS_IN_MCU;
}

/* One scan after the other for every component: whole, or, progressive, DC and then AC. */
static void separate_scans(const struct jpeg_compress_struct *c, bool progressive,
                           jpeg_scan_info *script)
{
    for (int i = 0; i < c->num_components; i++) {
        *script++ = (jpeg_scan_info){1, {i}, 0, progressive ? 0 : DCTSIZE2 - 1, 0, 0};
        if (progressive)
            *script++ = (jpeg_scan_info){1, {i}, 1, DCTSIZE2 - 1, 0, 0};
    }
}

/* Whether no bit is lost in the source's scans where those do not send all of them: in a transposed
 * picture coefficients may lie in bands that never come, in one that was quantized again anywhere.
 */
static bool sends_all(const exn_coefficients *target, const exn_jpeg *jpeg)
{
    exn_progression p;
    exn_progression_open(&p);
    for (size_t s = 0; s < jpeg->scan_count; s++)
        exn_progression_add(&p, jpeg, &jpeg->scans[s]);
    for (uint32_t i = 0; i < target->components; i++) {
        const exn_component *c = &target->component[i];
        int16_t unsent[64];
        if (p.bits[i][0] < 0)
            return false;
        for (int k = 0; k < 64; k++)
            unsent[exn_component_natural_order[k]] =
                (int16_t)(p.bits[i][k] < 0 ? -1 : (1 << p.bits[i][k]) - 1);
        for (uint32_t y = 0; y < c->blocks_y; y++)
            for (uint32_t x = 0; x < c->blocks_x; x++)
                for (int k = 0; k < 64; k++)
                    if (c->rows[y][x][k] & unsent[k])
                        return false;
    }
    return true;
}

/* Progressive stays progressive, several scans stay several. One that has not got all of its scans
 * keeps those where it can: decoders smooth what they know to be coarse. */
static void set_scans(struct exn_libjpeg *lib, const exn_coefficients *target, const exn_jpeg *jpeg)
{
    struct jpeg_compress_struct *c = &lib->object.compress;
    bool same = script_is_expressible(jpeg) && (lib->complete || sends_all(target, jpeg));
    size_t separate = (size_t)c->num_components * (jpeg->progressive ? 2 : 1);
    if (!jpeg->progressive && jpeg->scan_count == 1 && lib->complete)
        return;
    if (!same && fits_interleaved(c)) {
        if (jpeg->progressive)
            jpeg_simple_progression(c);
        return;
    }
    /* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): there is a scan */
    lib->script = calloc(same ? jpeg->scan_count : separate, sizeof *lib->script);
    if (!lib->script)
        ERREXIT1(c, JERR_OUT_OF_MEMORY, 0);
    if (same)
        copy_script(jpeg, lib->script);
    else
        separate_scans(c, jpeg->progressive, lib->script);
    c->scan_info = lib->script;
    c->num_scans = (int)(same ? jpeg->scan_count : separate);
}

/* The interval of all scans; 0 where they differ: libjpeg writes one for all. */
static uint32_t common_interval(const exn_jpeg *jpeg)
{
    uint32_t interval = jpeg->scans[0].restart_interval;
    for (size_t s = 1; s < jpeg->scan_count; s++)
        if (jpeg->scans[s].restart_interval != interval)
            return 0;
    return interval;
}

static void set_coding(struct exn_libjpeg *lib, const exn_coefficients *target,
                       const exn_jpeg *jpeg, const struct jpeg_decompress_struct *source)
{
    struct jpeg_compress_struct *c = &lib->object.compress;
    c->arith_code = jpeg->arithmetic;
    c->optimize_coding = !jpeg->arithmetic && !jpeg->standard_huffman;
    if (jpeg->arithmetic) {
        memcpy(c->arith_dc_L, source->arith_dc_L, sizeof c->arith_dc_L);
        memcpy(c->arith_dc_U, source->arith_dc_U, sizeof c->arith_dc_U);
        memcpy(c->arith_ac_K, source->arith_ac_K, sizeof c->arith_ac_K);
    }
    c->restart_in_rows = (int)exn_mcus_restart_rows(jpeg, lib->turn);
    c->restart_interval = c->restart_in_rows ? 0 : common_interval(jpeg);
    set_scans(lib, target, jpeg);
}

exn_status exn_coefficients_write(exn_coefficients *target, const exn_coefficients *source,
                                  const exn_jpeg *jpeg, uint64_t limit, exn_buffer *out,
                                  exn_error *error)
{
    struct exn_libjpeg *lib = target->libjpeg;
    struct jpeg_compress_struct *c = &lib->object.compress;
    for (uint32_t i = 0; i < target->components; i++)
        if (!in_range(&target->component[i]))
            return exn_status_fail(error, EXN_CORRUPT, "DCT coefficient out of range");
    if (setjmp(lib->escape))
        return escaped(lib, error);
    assign_quant(c, target, &source->libjpeg->object.decompress);
    set_coding(lib, target, jpeg, &source->libjpeg->object.decompress);
    lib->out = out;
    lib->held = jpeg->file.size + 2 * exn_coefficients_bytes(jpeg);
    lib->limit = limit;
    lib->destination = (struct jpeg_destination_mgr){.init_destination = init_output,
                                                     .empty_output_buffer = empty_output,
                                                     .term_destination = term_output};
    c->dest = &lib->destination;
    jpeg_write_coefficients(c, lib->arrays);
    jpeg_finish_compress(c);
    return EXN_OK;
}

void exn_coefficients_close(exn_coefficients *c)
{
    for (uint32_t i = 0; i < c->components; i++)
        free(c->component[i].rows);
    if (c->libjpeg) {
        jpeg_destroy(&c->libjpeg->object.common);
        free(c->libjpeg->script);
        free(c->libjpeg);
    }
    *c = (exn_coefficients){0};
}

package dev.darkroom.soak;

/** A kind of job, and how jobs of it may end: storage that fails long enough is a legitimate end wherever something is stored. */
enum SoakKind {
    PLAIN(30, "COMPLETED", "STORE_FAILED"),
    BATCH(6, "COMPLETED", "STORE_FAILED"),
    PROMPTS(4, "COMPLETED", "STORE_FAILED"),
    EDIT(5, "COMPLETED", "STORE_FAILED"),
    LORA(5, "COMPLETED", "STORE_FAILED"),
    MISSING_LORA(2, "BAD_INPUT"),
    BASE64_IMAGE(8, "COMPLETED", "STORE_FAILED"),
    WEB_IMAGE(8, "COMPLETED", "STORE_FAILED", "FETCH_FAILED"),
    LABELLED_WEB_IMAGE(3, "COMPLETED", "STORE_FAILED", "FETCH_FAILED"),
    EMPTY_FIELDS(3, "COMPLETED", "STORE_FAILED"),
    /** Unfolds to more than the worker has for pictures. */
    BOMB(2, "BAD_INPUT", "OUT_OF_MEMORY"),
    GARBAGE_FROM_THE_WEB(4, "BAD_INPUT", "FETCH_FAILED"),
    MISSING_ON_THE_WEB(3, "FETCH_FAILED"),
    CORRUPT_IMAGE(6, "BAD_INPUT"),
    UNKNOWN_FIELD(6, "BAD_INPUT"),
    FAULTY_VALUES(4, "BAD_INPUT"),
    TOO_LARGE_INLINE(6, "COMPLETED", "STORE_FAILED"),
    /** For a bucket of the caller's that is not there. */
    UNSTORABLE(3, "STORE_FAILED"),
    REFUSED_BY_THE_PLATFORM(4, "REFUSED", "STORE_FAILED"),
    WITHDRAWN(10, "COMPLETED", "STORE_FAILED", "CANCELLED");

    private final int weight;
    private final String ends;

    SoakKind(int weight, String... ends) {
        this.weight = weight;
        this.ends = " " + String.join(" ", ends) + " ";
    }

    /** How often it comes, compared with the others. */
    int weight() {
        return weight;
    }

    /** True if a job of this kind may end like that. */
    boolean mayEnd(String end) {
        return ends.contains(" " + end + " ");
    }
}

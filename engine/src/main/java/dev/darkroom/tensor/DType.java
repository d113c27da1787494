package dev.darkroom.tensor;

/** Element types, with PyTorch's number, the size of an element in bytes and the name that safetensors files use. */
public enum DType {
    UINT8(0, 1, "U8"),
    INT8(1, 1, "I8"),
    INT16(2, 2, "I16"),
    INT32(3, 4, "I32"),
    INT64(4, 8, "I64"),
    FLOAT16(5, 2, "F16"),
    FLOAT32(6, 4, "F32"),
    FLOAT64(7, 8, "F64"),
    COMPLEX64(9, 8, "C64"),
    BOOL(11, 1, "BOOL"),
    BFLOAT16(15, 2, "BF16"),
    FLOAT8_E5M2(23, 1, "F8_E5M2"),
    FLOAT8_E4M3(24, 1, "F8_E4M3");

    private final int code;
    private final int bytes;
    private final String fileName;

    DType(int code, int bytes, String fileName) {
        this.code = code;
        this.bytes = bytes;
        this.fileName = fileName;
    }

    /** PyTorch's number of this type ({@code c10::ScalarType}). */
    public int code() {
        return code;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Name of this type in a safetensors header, such as {@code BF16}. */
    public String fileName() {
        return fileName;
    }

    /** True if the elements are floating point numbers. */
    public boolean isFloating() {
        return switch (this) {
            case FLOAT16, FLOAT32, FLOAT64, BFLOAT16, FLOAT8_E5M2, FLOAT8_E4M3 -> true;
            case UINT8, INT8, INT16, INT32, INT64, COMPLEX64, BOOL -> false;
        };
    }

    /**
     * Finds the type with PyTorch's number {@code code}.
     *
     * @throws IllegalArgumentException if no type here has it
     */
    static DType ofCode(int code) {
        for (DType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IllegalArgumentException("element type number " + code + " is unknown");
    }
}

package dev.darkroom.tensor;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.lang.foreign.MemorySegment;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An array in native memory, of any {@link DType}, on any {@link Device}. Immutable in use: every operation gives a new tensor, which
 * belongs to the innermost {@link Scope}. Shapes and types are checked by libtorch; a wrong call throws {@link TensorException}.
 */
public final class Tensor {
    private final IValue value;
    private @Nullable PtNDArray array;
    private @Nullable DType dtype;

    @Nullable
    Scope owner;

    /** The mapped file that this is a view of, or may be: it stays mapped where this tensor is kept. */
    @Nullable
    MappedFile file;

    private Tensor(IValue value) {
        this.value = value;
    }

    /** Wraps a result of libtorch, owned by the innermost scope. */
    static Tensor adopt(IValue value) {
        var tensor = new Tensor(value);
        try {
            Scope.innermost().adopt(tensor);
        } catch (IllegalStateException e) {
            value.close();
            throw e;
        }
        return tensor;
    }

    IValue value() {
        return value;
    }

    void free() {
        if (array != null) {
            array.close();
        }
        value.close();
    }

    /** DJL's view of this tensor's memory, made when first needed: most intermediate results never need one. */
    private PtNDArray array() {
        if (array == null) {
            array = value.toTensor(OperatorLibrary.MANAGER);
        }
        return array;
    }

    /** Address of libtorch's own tensor, {@code at::Tensor}; good while this tensor lives. */
    long handle() {
        return array().getHandle();
    }

    /** Makes a float32 tensor in host memory from row-major values. */
    public static Tensor of(float[] values, long... shape) {
        return copyOf(FloatBuffer.wrap(values), DataType.FLOAT32, shape);
    }

    /** Makes an int64 tensor in host memory from row-major values. */
    public static Tensor of(long[] values, long... shape) {
        return copyOf(LongBuffer.wrap(values), DataType.INT64, shape);
    }

    /** Makes a uint8 tensor in host memory from row-major values. */
    public static Tensor of(byte[] values, long... shape) {
        return copyOf(ByteBuffer.wrap(values), DataType.UINT8, shape);
    }

    /** Copies values into memory of libtorch's own: DJL's tensor only points into a Java buffer, and dangles once a view outlives it. */
    private static Tensor copyOf(Buffer values, DataType type, long... shape) {
        try (PtNDArray borrowed = OperatorLibrary.MANAGER.create(values, new Shape(shape), type);
                IValue value = IValue.from(borrowed)) {
            return Operators.COPY.tensor(new Tensor(value));
        }
    }

    /**
     * Makes a uint8 tensor of memory that is not libtorch's. It must stay as it is until no tensor is left that is a view of it, which only
     * the caller can know.
     */
    static Tensor over(MemorySegment memory) {
        ByteBuffer address = memory.asSlice(0, Math.min(memory.byteSize(), 1 << 20))
                .asByteBuffer(); // tells where the memory is; how much of it there is, the shape tells
        try (PtNDArray borrowed = JniUtils.createNdFromByteBuffer(
                OperatorLibrary.MANAGER,
                address,
                new Shape(memory.byteSize()),
                DataType.UINT8,
                SparseFormat.DENSE,
                ai.djl.Device.cpu())) {
            return adopt(IValue.from(borrowed));
        }
    }

    /** The memory of a tensor on the CPU, whose numbers lie without gaps; valid as long as the tensor lives. */
    ByteBuffer memory() {
        return array().toByteBuffer(true);
    }

    /** Notes that a result may be a view of this tensor. */
    private Tensor view(Tensor result) {
        result.file = file;
        return result;
    }

    /** Concatenates along {@code dim} tensors whose other dimensions are equal. */
    public static Tensor cat(int dim, Tensor... tensors) {
        return Operators.CAT.tensor(List.of(tensors), dim);
    }

    /** Returns this batch of one, {@code [1, …]}, once for each entry of another batch; a batch of any other size as it is. */
    public Tensor inBatchOf(Tensor other) {
        int batch = Math.toIntExact(other.size(0));
        return size(0) != 1 || batch == 1
                ? this
                : cat(0, Collections.nCopies(batch, this).toArray(Tensor[]::new));
    }

    /** Lengths of all dimensions. */
    public long[] shape() {
        return array().getShape().getShape();
    }

    /** Length of one dimension; negative numbers count from the end. */
    public long size(int dim) {
        long[] shape = shape();
        return shape[dim < 0 ? shape.length + dim : dim];
    }

    /** Device whose memory this tensor lies in. */
    public Device device() {
        return Device.ofCode(Operators.DEVICE_OF.integer(this));
    }

    /** Type of the numbers. */
    public DType dtype() {
        if (dtype == null) {
            dtype = DType.ofCode((int) Operators.DTYPE_OF.integer(this));
        }
        return dtype;
    }

    /** Converts to an element type: returns this tensor, or a copy if its type is another. */
    public Tensor to(DType dtype) {
        return view(Operators.CAST.tensor(this, dtype));
    }

    /** Moves to a device: returns this tensor, or a copy if it is on another device. */
    public Tensor to(Device device) {
        return view(Operators.TO_DEVICE.tensor(this, device));
    }

    /** Returns these numbers, row-major, in another shape; one length may be -1. */
    public Tensor reshape(long... shape) {
        return view(Operators.RESHAPE.tensor(this, shape));
    }

    /** Returns these numbers with the dimensions in another order. */
    public Tensor permute(long... dims) {
        return view(Operators.PERMUTE.tensor(this, dims));
    }

    /** Returns this tensor if its numbers lie row after row without gaps in memory, otherwise a copy that is so. */
    public Tensor contiguous() {
        return view(Operators.CONTIGUOUS.tensor(this));
    }

    /** Copies these numbers into memory of their own, row after row without gaps. */
    public Tensor copy() {
        return Operators.COPY.tensor(contiguous());
    }

    /** Selects {@code length} entries of one dimension, from {@code start} on. */
    public Tensor narrow(int dim, long start, long length) {
        return view(Operators.NARROW.tensor(this, dim, start, length));
    }

    /** Splits into equal parts along one dimension. */
    public List<Tensor> chunk(int chunks, int dim) {
        List<Tensor> parts = Operators.CHUNK.tensors(this, chunks, dim);
        parts.forEach(this::view);
        return parts;
    }

    /** Adds element by element, with PyTorch's broadcasting. */
    public Tensor plus(Tensor other) {
        return Operators.ADD.tensor(this, other);
    }

    /** Subtracts element by element, with PyTorch's broadcasting. */
    public Tensor minus(Tensor other) {
        return Operators.SUB.tensor(this, other);
    }

    /** Divides element by element, with PyTorch's broadcasting. */
    public Tensor dividedBy(Tensor other) {
        return Operators.DIV.tensor(this, other);
    }

    /** Multiplies element by element, with PyTorch's broadcasting. */
    public Tensor times(Tensor other) {
        return Operators.MUL.tensor(this, other);
    }

    /** Scales and shifts every element: {@code this · scale + shift}. */
    public Tensor affine(double scale, double shift) {
        return Operators.AFFINE.tensor(this, scale, shift);
    }

    /** Limits every element to {@code low … high}; one that is not finite becomes NaN, for checks that come later to see. */
    public Tensor clamp(double low, double high) {
        return Operators.CLAMP.tensor(this, low, high);
    }

    public Tensor exp() {
        return Operators.EXP.tensor(this);
    }

    /** Copies the numbers into Java's memory as float32, row-major; waits for the device. */
    public float[] toFloats() {
        try (var scope = Scope.open("to floats")) {
            return Operators.TO_HOST_FLOAT.tensor(this).array().toFloatArray();
        }
    }

    /** Copies integers into Java's memory as int64, row-major; waits for the device. */
    public long[] toLongs() {
        try (var scope = Scope.open("to longs")) {
            return Operators.TO_HOST_LONG.tensor(this).array().toLongArray();
        }
    }

    /** Copies the bytes of a uint8 tensor in host memory into Java's memory. */
    public byte[] toBytes() {
        return array().toByteArray();
    }

    /**
     * Waits until the device has computed this tensor. A GPU runs behind Java; between steps a pipeline waits, so that progress is true
     * and a cancellation comes through.
     *
     * @return false if its first number is infinite or not a number
     */
    public boolean await() {
        return Operators.WAIT_FOR.truth(this);
    }

    @Override
    public String toString() {
        return value.isReleased() ? "freed tensor" : "tensor" + Arrays.toString(shape());
    }
}

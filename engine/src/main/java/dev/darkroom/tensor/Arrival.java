package dev.darkroom.tensor;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The moment at which a device has computed a tensor. Other than {@link Tensor#await}, waiting for it does not wait for what was queued on
 * the device afterwards: the device itself says so, in page-locked memory that it writes to. On a CPU it has come when this is made.
 */
public final class Arrival {
    static final int PENDING = 2;

    private static final long GLANCE_NANOS = 200_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Tensor flag;
    private final Device device;

    /** Makes one of a flag that the device sets, uint8 {@code [1]} in host memory. */
    Arrival(Tensor flag, Device device) {
        this.flag = flag;
        this.device = device;
    }

    /** Has the device, which has been told to compute {@code x}, say when it has; its flag belongs to the innermost scope. */
    public static Arrival of(Tensor x, Device device) {
        return new Arrival(Operators.ARRIVAL.tensor(x), device);
    }

    /**
     * Waits until the device has computed the tensor.
     *
     * @return false if the first number of a picture {@code [B, …]} is infinite or not a number
     * @throws TensorException if the device is lost
     */
    public boolean await() {
        long asked = System.nanoTime();
        boolean interrupted = false; // which would keep the thread from parking
        try {
            while (true) {
                long state = Operators.NUMBER.integer(flag);
                if (state != PENDING) {
                    return state == 1;
                }
                interrupted |= Thread.interrupted();
                LockSupport.parkNanos(GLANCE_NANOS);
                if (System.nanoTime() - asked > PATIENCE_NANOS) {
                    refuseIfLost();
                    asked = System.nanoTime();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits for everything on the device, which fails if it is lost: a flag would wait for ever. */
    private void refuseIfLost() {
        try (var scope = Scope.open("is the device lost")) {
            Operators.zeros(DType.FLOAT32, device, 1).await();
        }
    }
}

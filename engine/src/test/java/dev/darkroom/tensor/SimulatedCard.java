package dev.darkroom.tensor;

import dev.darkroom.tally.StepTally;

/** A card of some memory, played by {@link Device#META}: a call whose tensors find no room on it fails as on a real one. */
public final class SimulatedCard implements OperatorLog.Listener, AutoCloseable {
    private final StepTally tally = new StepTally();
    private final OperatorLog log;
    private long foreign;

    private SimulatedCard(long bytes) {
        Device.totalOnMeta = bytes;
        Device.usedOnMeta = () -> tally.live() + foreign;
        log = OperatorLog.to(this);
    }

    /** Has {@link Device#META} be a card of so many bytes until this is closed. */
    public static SimulatedCard of(long bytes) {
        return new SimulatedCard(bytes);
    }

    /** Has other processes take so many bytes of the card, or what is free if that is less. */
    public void takenByOthers(long bytes) {
        foreign = Math.min(bytes, Device.totalOnMeta - tally.live());
    }

    /** Bytes that are taken. */
    public long used() {
        return Device.usedOnMeta.getAsLong();
    }

    /** Begins to look for a new peak. */
    public void forgetPeak() {
        tally.next();
    }

    /** Bytes that this process has taken at most since {@link #forgetPeak}. */
    public long peak() {
        return tally.peak();
    }

    @Override
    public void called(OperatorCall call) {
        tally.called(call);
        long needed = tally.needed() + foreign;
        if (needed > Device.totalOnMeta) {
            throw new TensorException(
                    call.operator() + " failed: the simulated card of " + Device.totalOnMeta
                            + " bytes is out of memory: " + needed,
                    new IllegalStateException("simulated"));
        }
    }

    @Override
    public void freed(TensorFacts tensor) {
        tally.freed(tensor);
    }

    @Override
    public void close() {
        log.close();
        Device.usedOnMeta = () -> 0;
    }
}

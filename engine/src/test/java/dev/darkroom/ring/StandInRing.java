package dev.darkroom.ring;

import dev.darkroom.kernel.StandInCard;
import dev.darkroom.tensor.Device;
import java.util.List;

/** A ring on the CPU whose copies go through all that a card's go through, by the stand-in for its driver. */
public final class StandInRing {
    private StandInRing() {}

    /** Has networks that are loaded stream through such a ring, also later on. */
    public static <T> T load(ScopedValue.CallableOp<T, RuntimeException> load) {
        var ring = new BlockRing(Device.CPU, CardCopies.open(List.of(StandInCard.folder())));
        return ScopedValue.where(BlockRing.OTHER, ring).call(load);
    }
}

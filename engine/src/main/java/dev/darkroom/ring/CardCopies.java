package dev.darkroom.ring;

import dev.darkroom.kernel.CopyStream;
import dev.darkroom.kernel.KernelException;
import dev.darkroom.kernel.LibraryFolders;
import dev.darkroom.kernel.TorchMemory;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Copies of a card, from page-locked memory in a stream of their own. What cannot be had of that is done without: memory that is not locked
 * is copied in the order of what is computed, and so is everything once a copy of the stream has failed.
 */
final class CardCopies implements Copies {
    private static final Logger LOG = Logger.getLogger(CardCopies.class);

    private final Copies inOrder = new InOrder();
    private final CopyStream stream;
    private final TorchMemory torch;
    private boolean locks = true;
    private boolean streams = true;

    CardCopies(CopyStream stream, TorchMemory torch) {
        this.stream = stream;
        this.torch = torch;
    }

    /** Opens a stream on the first card; without one, copies wait for what is computed and the other way round. */
    static Copies open() {
        return open(LibraryFolders.of(System.getenv()));
    }

    static Copies open(List<Path> folders) {
        try {
            return new CardCopies(CopyStream.open(folders), TorchMemory.bind());
        } catch (KernelException e) {
            LOG.warnf("blocks of weights come without a stream of their own, which takes longer: %s", e.getMessage());
            return new InOrder();
        }
    }

    @Override
    public HostMemory allocate(long bytes) {
        if (locks) {
            try {
                return locked(bytes);
            } catch (KernelException e) {
                locks = false;
                LOG.warnf(
                        "there is no page-locked memory for weights any more, so they come to the card more slowly: %s",
                        e.getMessage());
            }
        }
        return inOrder.allocate(bytes);
    }

    private HostMemory locked(long bytes) {
        MemorySegment memory = stream.lock(bytes);
        try {
            return HostMemory.locked(memory);
        } catch (RuntimeException | Error e) {
            stream.unlock(memory);
            throw e;
        }
    }

    @Override
    public void start(HostMemory from, Slot to) {
        MemorySegment locked = from.locked();
        if (locked == null || !streams) {
            finish(); // what the stream may still bring to the slot
            inOrder.start(from, to);
            return;
        }
        try {
            if (to.arrived == null) {
                to.arrived = stream.moment();
            }
            stream.copy(locked, to.memory().address(torch), from.bytes(), to.arrived);
        } catch (KernelException e) {
            streams = false;
            LOG.warnf("blocks of weights come without a stream of their own from now on: %s", e.getMessage());
            start(from, to);
        }
    }

    @Override
    public void await(Slot slot) {
        if (slot.arrived == null) {
            return;
        }
        try {
            stream.await(slot.arrived);
        } catch (KernelException e) {
            LOG.debug("the card does not wait for a copy, so Java does", e);
            stream.finish();
        }
    }

    @Override
    public void finish() {
        try {
            stream.finish();
        } catch (KernelException e) {
            LOG.debugf("no copy can be under way: %s", e.getMessage()); // the card is lost, which its next call tells
        }
    }

    @Override
    public void forget(Slot slot) {
        if (slot.arrived != null) {
            try {
                stream.forget(slot.arrived);
            } catch (KernelException e) {
                LOG.debugf("an event is left: %s", e.getMessage());
            }
            slot.arrived = null;
        }
    }

    @Override
    public void free(HostMemory memory) {
        MemorySegment locked = memory.locked();
        if (locked != null) {
            try {
                stream.unlock(locked);
                locks = true;
            } catch (KernelException e) {
                LOG.warnf("page-locked memory is left: %s", e.getMessage());
            }
        }
    }
}

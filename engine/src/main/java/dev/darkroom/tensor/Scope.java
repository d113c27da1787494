package dev.darkroom.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The lexical lifetime of tensors. A tensor belongs to the innermost scope open on its thread when it was made, and is freed with it,
 * unless it was {@linkplain #keep kept} for the scope outside.
 *
 * <pre>{@code
 * try (var block = Scope.open("block")) {
 *     ...
 *     return block.keep(result);
 * }
 * }</pre>
 */
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<@Nullable Scope> INNERMOST = new ThreadLocal<>();
    private static final AtomicLong LIVE = new AtomicLong();

    private final String name;
    private final @Nullable Scope outer;
    private final List<Tensor> tensors = new ArrayList<>();
    private final List<MappedFile> files = new ArrayList<>();
    private final List<Runnable> afterwards = new ArrayList<>();
    private boolean detached;

    private Scope(String name, @Nullable Scope outer) {
        this.name = name;
        this.outer = outer;
    }

    /** Opens a scope inside the innermost one of this thread, if there is one. */
    public static Scope open(String name) {
        var scope = new Scope(name, INNERMOST.get());
        INNERMOST.set(scope);
        return scope;
    }

    /** Number of tensors alive in the process: equal before and after a job, or there is a leak. */
    public static long liveTensors() {
        return LIVE.get();
    }

    /**
     * Hands a tensor over to the scope outside, so that it outlives this one, and with it the mapped file that it is a view of. Tensors of
     * other scopes stay where they are.
     */
    public Tensor keep(Tensor tensor) {
        if (tensor.owner == this) {
            if (outer == null) {
                throw new IllegalStateException("scope '" + name + "' has no scope outside that could keep a tensor");
            }
            outer.tensors.add(tensor);
            tensor.owner = outer;
            if (tensor.file != null && tensor.file.owner == this) {
                files.remove(tensor.file);
                outer.adopt(tensor.file);
            }
        }
        return tensor;
    }

    /** Takes a tensor over from whichever scope it belongs to, such as an inner one: it lives until this scope is closed. */
    public Tensor take(Tensor tensor) {
        if (tensor.owner != this) {
            tensor.owner = this;
            tensors.add(tensor);
        }
        return tensor;
    }

    /**
     * Replaces one tensor by another, in a loop over blocks: {@code old} is freed at once if this scope owns it.
     *
     * @return {@code next}
     */
    public Tensor replace(Tensor old, Tensor next) {
        if (old != next && old.owner == this) {
            old.owner = null;
            free(old);
        }
        return next;
    }

    /**
     * Takes this scope off its thread without freeing anything: nothing can be added any more, and its tensors live until {@link #close()},
     * from whatever thread. Weights outlive their loading in such a scope.
     */
    public Scope detach() {
        leave();
        detached = true;
        return this;
    }

    /** Has something done when this scope is closed, after its tensors are freed. */
    public void afterwards(Runnable end) {
        afterwards.add(end);
    }

    /** Frees the tensors that were made in this scope and not kept. */
    @Override
    public void close() {
        if (!detached) {
            leave();
        }
        for (Tensor tensor : tensors) {
            if (tensor.owner == this) {
                free(tensor);
            }
        }
        tensors.clear();
        files.forEach(MappedFile::unmap);
        files.clear();
        afterwards.forEach(Runnable::run);
        afterwards.clear();
    }

    private static void free(Tensor tensor) {
        if (Operator.witness != null) {
            Operator.witness.freed(tensor);
        }
        tensor.free();
        LIVE.decrementAndGet();
    }

    private void leave() {
        if (INNERMOST.get() != this) {
            throw new IllegalStateException("scope '" + name + "' is not the innermost one of this thread");
        }
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
    }

    /**
     * Innermost scope of this thread; tensors may only be made inside one.
     *
     * @throws IllegalStateException if this thread has no open scope
     */
    static Scope innermost() {
        Scope scope = INNERMOST.get();
        if (scope == null) {
            throw new IllegalStateException("a tensor can only be made inside a scope");
        }
        return scope;
    }

    /** Makes this scope the owner of a new tensor. */
    void adopt(Tensor tensor) {
        tensor.owner = this;
        tensors.add(tensor);
        LIVE.incrementAndGet();
    }

    /** Makes this scope the owner of a mapped file, which is unmapped after all tensors are freed. */
    void adopt(MappedFile file) {
        file.owner = this;
        files.add(file);
    }

    @Override
    public String toString() {
        return name;
    }
}

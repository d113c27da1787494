package dev.darkroom.tensor;

import java.util.Objects;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A scope around every test, so that tests can make tensors and leave none. */
public final class ScopeForEachTest implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace OURS = ExtensionContext.Namespace.create(ScopeForEachTest.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(OURS).put(context.getUniqueId(), Scope.open("test"));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Scope scope = context.getStore(OURS).remove(context.getUniqueId(), Scope.class);
        Objects.requireNonNull(scope, "opened before the test").close();
    }
}

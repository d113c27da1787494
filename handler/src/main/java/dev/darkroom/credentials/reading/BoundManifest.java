package dev.darkroom.credentials.reading;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.credentials.jumbf.BoxKind;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.jumbf.HashedReference;
import dev.darkroom.credentials.jumbf.SuperBox;
import java.util.List;
import java.util.Optional;

/**
 * The manifest that says which file the credentials are about: their own, or, where that only adds to another, the one that it adds to.
 *
 * @param assertions those that its claim vouches for
 * @param added true if the file's own manifest is another, so that the file has grown since this one was signed
 */
record BoundManifest(Claim claim, List<SuperBox> assertions, boolean added) {
    private static final int MOST_UPDATES = 20;

    /** Follows update manifests to the one that they add to. */
    static BoundManifest of(Claim active, List<SuperBox> assertions, Findings findings) throws DamagedBoxException {
        var bound = new BoundManifest(active, assertions, false);
        for (int i = 0; bound.claim.manifest().is(BoxKind.UPDATE_MANIFEST); i++) {
            if (bound.assertions.stream().anyMatch(FileBinding::isOne)) {
                findings.failure(
                        "manifest.update.invalid",
                        bound.claim.url(""),
                        "an addition says that it is about another file");
            }
            Optional<Claim> parent = bound.parent();
            if (parent.isEmpty() || i == MOST_UPDATES) {
                findings.failure(
                        "manifest.update.wrongParents",
                        bound.claim.url(""),
                        "an addition does not say to what it adds");
                return bound;
            }
            bound = new BoundManifest(parent.get(), parent.get().assertions(new Findings()), true);
        }
        return bound;
    }

    private Optional<Claim> parent() throws DamagedBoxException {
        List<SuperBox> ingredients =
                assertions.stream().filter(IngredientCheck::isIngredient).toList();
        if (ingredients.size() != 1) {
            return Optional.empty();
        }
        JsonNode content = ingredients.getFirst().cbor();
        Optional<SuperBox> manifest = HashedReference.read(IngredientCheck.manifestReference(content))
                .find(claim.store(), claim.manifest())
                .flatMap(named -> IngredientCheck.manifest(claim.store(), named))
                .filter(found -> content.path("relationship").asText().equals("parentOf"));
        return manifest.isEmpty() ? Optional.empty() : Optional.of(Claim.read(claim.store(), manifest.get()));
    }
}

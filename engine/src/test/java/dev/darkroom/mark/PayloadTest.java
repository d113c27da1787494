package dev.darkroom.mark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PayloadTest {
    @Test
    void allItsBitsComeBack() {
        for (var payload : new Payload[] {
            new Payload(0, 0, 0), new Payload(15, (1 << 24) - 1, (1L << 36) - 1), new Payload(9, 77, 1L << 35)
        }) {
            assertThat(Payload.of(payload.bits())).isEqualTo(payload);
        }
    }

    @Test
    void saysWhichPartIsTooLarge() {
        assertThatThrownBy(() -> new Payload(16, 0, 0)).hasMessage("version must be 0 to 15, not 16");
        assertThatThrownBy(() -> new Payload(0, -1, 0)).hasMessageContaining("issuer");
        assertThatThrownBy(() -> new Payload(0, 0, 1L << 36)).hasMessageContaining("picture");
    }
}

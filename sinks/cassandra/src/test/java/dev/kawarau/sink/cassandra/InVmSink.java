package dev.kawarau.sink.cassandra;

/** The way for other packages of tests to a sink whose server is in this JVM. */
public final class InVmSink {
    private InVmSink() {}

    /** Begins a sink that connects to a {@code LocalServerChannel} and draws its pauses from a seed. */
    public static CassandraSink.Builder to(String name, long seed) {
        return CassandraSink.to("in-vm").inVm(name, seed);
    }
}

package dev.kawarau.testkit.cassandra;

import java.util.concurrent.CountDownLatch;

/** A program that starts a node, says which, and waits to be killed. */
final class NodeOwner {

    private NodeOwner() {}

    public static void main(String[] arguments) throws InterruptedException {
        CassandraServer server = CassandraServer.start();
        long pid = ProcessHandle.current().children().findFirst().orElseThrow().pid();
        System.out.println(pid + " " + server.directory());
        new CountDownLatch(1).await();
    }
}

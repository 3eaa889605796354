"""What the end-to-end tests and the benchmarks stand on.

    cloud            all of the below in one object: Cloud(servers), its env(), its boto3 clients
    servers, procs   the real DynamoDB and S3 servers, and how they are kept from outliving a test
    gate             what stands in front of them; wire (HTTP), sigv4_check, models and iam judge
    faults           what can go wrong, and on which request; index_lag and tls serve two of them
    requestlog       what was asked, to assert on
    *_front          a real server as the gate shows it
    *_standin(s)     services that nobody can install: Connect, STS, SSO, signin, IMDS, containers
    lambda_origin    the old program, contact_flow its reader, invariants what any store must keep
    sandbox          a command that starts all of it for a person
    aws_fixtures     the pytest fixtures
"""
